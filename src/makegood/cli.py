"""The `makegood` command's entry: runs the commands and turns every early end into a status, never a traceback."""

from __future__ import annotations

import os
import sys
from typing import NoReturn, TextIO

from typer.exceptions import Abort, TyperException

from makegood.command_line.app import app
from makegood.command_line.mistakes import INPUT_STATUS, Abandoned, Mistake

# What a shell reports for a program that the same signal ended.
_INTERRUPTED_STATUS = 130
_BROKEN_PIPE_STATUS = 141


def main() -> NoReturn:
    """Run the command line; exit 0 for success, 1 for a faulty policy in `policy check`, 2 for what cannot be read."""
    _open_closed_streams()
    _write_utf8()
    try:
        status = app(prog_name="makegood", standalone_mode=False)
    except TyperException as error:
        _say(error)
        status = INPUT_STATUS
    except (Abort, KeyboardInterrupt):
        status = _INTERRUPTED_STATUS
    except Mistake as error:
        _say(error)
        status = INPUT_STATUS
    except Abandoned:
        _abandon(sys.stdout)
        status = _BROKEN_PIPE_STATUS
    except OSError as error:
        _abandon(sys.stdout)
        _say(f"The result could not be written: {error.strerror or error}.")
        status = INPUT_STATUS
    sys.exit(status if isinstance(status, int) else 0)


def _say(said: TyperException | Mistake | str) -> None:
    """On standard error, if it takes it: the status tells the rest. Typer says its own, with the hint where to read."""
    show = getattr(said, "show", None)
    try:
        if show is None:
            sys.stderr.write(f"{said}\n")
        else:
            show()
        sys.stderr.flush()
    except OSError:
        _abandon(sys.stderr)


def _abandon(stream: TextIO) -> None:
    """Give the interpreter's last flush somewhere to go."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _open_closed_streams() -> None:
    """Stand in for what was closed before the start: nothing to read, a result that fails, messages nobody hears."""
    for name, mode, access in (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, access), mode))


def _write_utf8() -> None:
    """Results are UTF-8 with plain line ends wherever they go; a message shows what it can."""
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors=errors, newline="\n")


if __name__ == "__main__":
    main()
