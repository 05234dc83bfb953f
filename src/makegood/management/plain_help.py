"""A command whose help lists what one needs; the options Django gives every command work, but are not listed."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class PlainHelp(BaseCommand):
    """The base of our commands."""

    suppressed_base_arguments = {  # noqa: RUF012 - Django declares it so
        "--version",
        "--verbosity",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
    }

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """The parser; `--skip-checks` is the one option that Django does not let a command hide by its name."""
        parser = super().create_parser(prog_name, subcommand, **options)
        for action in parser._actions:  # noqa: SLF001 - argparse has no other way to what was added
            if "--skip-checks" in action.option_strings:
                action.help = argparse.SUPPRESS
        return parser
