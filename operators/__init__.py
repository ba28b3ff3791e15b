"""The tools on the wall: what a step of a workflow can do. No business word inside."""
