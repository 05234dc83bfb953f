"""`manage audit`: checks the books with the read-only login that sees every school."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management.base import CommandError, CommandParser
from django.db import OperationalError, connections

from makegood import clock
from makegood.management.audit.checks import Blind, count_demo_schools, count_own_documents, run_checks
from makegood.management.plain_help import PlainHelp

SHOWN = 20


class Command(PlainHelp):
    """Prints one line per check: its name, the rows it looked at, what it found. Ends with 1 if anything was found."""

    help = "Check every school's lessons, penalties, ledger and messages, and that the guarantees are in place."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare how long one check may take."""
        parser.add_argument(
            "--statement-limit",
            type=_statement_limit,
            metavar="TIME",
            help="how long one check may take, for example 2h; 0: as long as it takes (default: 10min)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the checks. Raises CommandError (exit status 1) for findings, or when the login sees no rows."""
        if "auditor" not in connections.settings:
            message = "DATABASE_AUDIT_URL is not set: let it be a login of makegood_auditor."
            raise CommandError(message)
        findings: list[str] = []
        with connections["auditor"].cursor() as cursor, _each_within(cursor, options["statement_limit"]):
            try:
                for checked in run_checks(cursor, now=clock.now()):
                    self.stdout.write(f"{checked.name:<36} {checked.rows:>9} rows {len(checked.findings):>6} findings")
                    findings += [f"{checked.name}: {finding}" for finding in checked.findings]
            except Blind as blind:
                raise CommandError(str(blind)) from None
            own = count_own_documents(cursor)
            demos = count_demo_schools(cursor)
        if own:
            self.stdout.write(
                f"{own} policy versions are the school's own text: their penalties were not computed anew."
            )
        if demos:
            self.stdout.write(
                f"{demos} schools are the demo's: their past was written without messages, so whether their "
                "emergencies were told was not checked."
            )
        if findings:
            shown = "\n".join(findings[:SHOWN])
            more = f"\n... and {len(findings) - SHOWN} more" if len(findings) > SHOWN else ""
            message = f"{len(findings)} findings:\n{shown}{more}"
            raise CommandError(message)


def _statement_limit(text: str) -> str:
    """A time as PostgreSQL writes it, and not longer than it counts (24 days). Raises ArgumentTypeError."""
    if re.fullmatch(r"0|[1-9]\d{0,5}(ms|s)|[1-9]\d{0,3}min|[1-9]\d{0,1}h", text, re.ASCII) is None:
        message = f"“{text}” is not a time. Write for example 30min or 2h."
        raise ArgumentTypeError(message)
    return text


@contextmanager
def _each_within(cursor: Any, limit: str | None) -> Iterator[None]:
    """Let no statement take longer than `limit` (None: than every command's), and say which way out there is."""
    if limit is not None:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [limit])
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise
        message = (
            "A check took longer than one statement may, so the audit stopped there. With --statement-limit it may "
            "take longer."
        )
        raise CommandError(message) from error
    finally:
        if limit is not None:
            cursor.execute("RESET statement_timeout")
