"""`python -m makegood.door demo|manage|reset ...`, called by `./run` in a folder that is set up."""

from __future__ import annotations

import os
import sys

from makegood.door import commands, demo, installation, reset


def main(words: list[str]) -> int:
    """Run what the first word names and return the exit status."""
    place = installation.find(os.environ)
    match words:
        case ["demo"]:
            return demo.run(place)
        case ["manage", *arguments]:
            return commands.run(place, arguments)
        case ["reset", *arguments]:
            return reset.run(place, arguments)
        case _:
            print(f"./run {' '.join(words)}: too many words. ./run help lists the commands.", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
