"""Kills workers in the middle of their work inside a running Airflow, and holds the end against an undisturbed office.

Two offices take in the sample: one in peace; in the other, another session's lock or a mail server that stands still
holds a step up, and the step's process, its worker, its session or the scheduler is killed. Airflow's own retries do
the rest, and a person settles the letters in doubt. A chapter is a workflow's month, lived through in two offices of
its own. Run as `python -m tests.live.kills FOLDER [CHAPTER …]` (`make kills`, `make kills CHAPTER=fees`).
"""

import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

from stack import control
from stack.state import open_state
from tests.live import attendance, fees, months
from tests.live.office import Office, say
from tests.live.twins import differences

CHAPTERS: dict[str, ModuleType] = {"attendance": attendance, "fees": fees, "months": months}
OFFICES = ("in_peace", "disturbed")


def live_through(name: str, folder: Path) -> list[str]:
    """Live a chapter through in both offices; tells what is not the same, and clears up if nothing is."""
    portraits, found = [], []
    for story in OFFICES:
        say(f"{name}: the office {story}")
        office = Office(folder / story)
        try:
            portraits.append(getattr(CHAPTERS[name], story)(office))
            found += office.complaints
        finally:
            control.down(office.state)
    found += differences(*portraits)
    say("\n".join([f"{name}: {len(found)} differences", *found]))
    held = {part: sum(bag.values()) if isinstance(bag, Counter) else len(bag) for part, bag in portraits[1].items()}
    say(f"held against each other: {held}")
    say(f"transactions {portraits[1]['transactions']}; numbers {portraits[1]['numbers']}")
    if not found:
        for story in OFFICES:
            control.purge(open_state(folder / story))
        folder.rmdir()
    return found


def main(folder: Path, names: list[str]) -> int:
    """Live through the chapters that were asked for, one after the other."""
    unknown = set(names) - CHAPTERS.keys()
    assert not unknown, f"There is no chapter {', '.join(sorted(unknown))}: choose from {', '.join(CHAPTERS)}."
    asked = names or list(CHAPTERS)
    for name in asked:
        left = folder / name
        assert not left.exists(), f"{left} is left from a proof that failed: delete it, or name another STATE."
    found = [line for name in asked for line in live_through(name, folder / name)]
    if not found:
        folder.rmdir()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
