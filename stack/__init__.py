"""Starts, watches and stops the whole office on one machine: `python -m stack --help`."""
