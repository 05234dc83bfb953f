"""`./run reset`: empties the state of an installation, after asking."""

from __future__ import annotations

import shutil
import sys

from makegood.door import demo
from makegood.door.installation import Installation
from makegood.postgres import leftovers, placement
from makegood.processes import lock, survivors


def run(installation: Installation, arguments: list[str]) -> int:
    """Ask, then remove database, mail, logs and secrets; refuse while something uses them. Returns the exit status."""
    if arguments not in ([], ["--yes"]):
        print("./run reset takes --yes (do not ask) and nothing else.", file=sys.stderr)
        return 2
    try:
        with lock.held(installation.lock, holder={"kind": "reset"}):
            if not arguments and not _is_confirmed(installation):
                print("Nothing was removed.")
                return 1
            _empty(installation)
    except lock.Busy:
        print("Makegood is running from this folder. Stop it first, then reset.", file=sys.stderr)
        return 1
    print("Emptied. The next ./run starts anew.")
    return 0


def _is_confirmed(installation: Installation) -> bool:
    question = f"This removes the database, the mail and the logs in {installation.state}. Type yes to go on: "
    try:
        return input(question).strip().lower() == "yes"
    except EOFError:
        return False


def _empty(installation: Installation) -> None:
    former = demo.read_record(installation).get("mark")
    if former:
        survivors.end(former)
    database = installation.state / "postgres"
    if database.exists():
        for directory in placement.existing_data(wanted=database):
            leftovers.clear(directory)
        placement.remove_data(wanted=database)
    # The lock's own folder stays: we hold it.
    for entry in installation.state.iterdir():
        if entry == installation.lock.parent:
            for record in entry.iterdir():
                if record != installation.lock:
                    record.unlink()
        elif entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
