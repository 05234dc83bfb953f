"""`manage audit`: checks the books with the read-only login that sees every school."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.db import connections

from makegood import clock
from makegood.management.audit.checks import Blind, count_demo_schools, count_own_documents, run_checks
from makegood.management.plain_help import PlainHelp

SHOWN = 20


class Command(PlainHelp):
    """Prints one line per check: its name, the rows it looked at, what it found. Ends with 1 if anything was found."""

    help = "Check every school's lessons, penalties, ledger and messages, and that the guarantees are in place."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run the checks. Raises CommandError (exit status 1) for findings, or when the login sees no rows."""
        if "auditor" not in connections.settings:
            message = "DATABASE_AUDIT_URL is not set: let it be a login of makegood_auditor."
            raise CommandError(message)
        findings: list[str] = []
        with connections["auditor"].cursor() as cursor:
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
