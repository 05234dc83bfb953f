"""The worker: runs the jobs of the queue until it is asked to stop."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from makegood.management.plain_help import PlainHelp
from makegood.postgres import roles


class Command(PlainHelp):
    """Runs jobs, after making sure that the database login is bound by row-level security."""

    help = "Run the jobs of the queue until asked to stop."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Work until a signal arrives; a job that is running may end first."""
        try:
            roles.refuse_unsafe_login(dsn=settings.DIRECT_ADDRESS)
        except roles.UnsafeLogin as reason:
            raise CommandError(str(reason)) from reason
        call_command("procrastinate", "worker", "--name", "makegood", "--concurrency", "2")
