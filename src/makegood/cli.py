"""The `makegood` command's entry: runs the commands and turns every early end into a status, never a traceback."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from typer.exceptions import Abort, TyperException

from makegood.command_line.app import app
from makegood.command_line.mistakes import INPUT_STATUS, Abandoned, Mistake

# What a shell reports for a program that the same signal ended.
_INTERRUPTED_STATUS = 130
_BROKEN_PIPE_STATUS = 141


def main() -> NoReturn:
    """Run the command line; exit 0 for success, 1 for a faulty policy in `policy check`, 2 for what cannot be read."""
    _write_utf8()
    try:
        status = app(prog_name="makegood", standalone_mode=False)
    except TyperException as error:
        _show(error)
        status = INPUT_STATUS
    except (Abort, KeyboardInterrupt):
        status = _INTERRUPTED_STATUS
    except Mistake as error:
        sys.stderr.write(f"{error}\n")
        status = INPUT_STATUS
    except Abandoned:
        _abandon_output()
        status = _BROKEN_PIPE_STATUS
    except OSError as error:
        _abandon_output()
        sys.stderr.write(f"The result could not be written: {error.strerror or error}.\n")
        status = INPUT_STATUS
    sys.exit(status if isinstance(status, int) else 0)


def _show(error: TyperException) -> None:
    """Typer's own sentence about an option or argument, with the hint where to read more."""
    show = getattr(error, "show", None)
    if show is None:
        sys.stderr.write(f"{error}\n")
    else:
        show()


def _abandon_output() -> None:
    """Nobody reads on; give the interpreter's last flush somewhere to go."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _write_utf8() -> None:
    """Results are UTF-8 with plain line ends wherever they go; a message shows what it can."""
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors=errors, newline="\n")


if __name__ == "__main__":
    main()
