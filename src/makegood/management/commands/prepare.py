"""Bring tables and collected files up to date; what `./run` and a deployment call before the product starts."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command

from makegood.management.plain_help import PlainHelp
from makegood.wording import catalogs


class Command(PlainHelp):
    """Migrates, makes the cache table, compiles translations, collects style sheets. May run again at any time."""

    help = "Migrate, make the cache's table, compile translations and collect static files."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run the steps in order; each does nothing when there is nothing to do."""
        call_command("migrate", interactive=False, verbosity=1)
        call_command("createcachetable", verbosity=0)
        compiled = catalogs.compile_changed()
        self.stdout.write(f"Translations compiled: {compiled}.")
        call_command("collectstatic", interactive=False, verbosity=0)
