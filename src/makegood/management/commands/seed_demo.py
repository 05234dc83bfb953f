"""The demo: two schools to try the product on."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from makegood import clock
from makegood.demo import DEMO_PASSWORD, sign_ins
from makegood.demo.people import FULL_SIZE
from makegood.demo.schools import DEMO_SCHOOLS
from makegood.demo.seeding import Tell, seed
from makegood.refusal import Refusal

SIGN_INS_FILE = "demo-sign-ins.txt"


class Command(BaseCommand):
    """Makes the demo schools that are missing and brings the others up to now. May run again at any time."""

    help = (
        "Make the two demo schools, Marigold and Larkspur, as of now. A school is made whole or not at all; one that "
        "exists is brought up to now: two weeks of lessons lie ahead again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--add", action="store_true", help="also in a database with schools of your own")
        parser.add_argument("--teachers", type=int, default=FULL_SIZE, help="teachers per school (default: 40)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seed, tell how many lessons were added, and write down whom one may sign in as."""
        if options["teachers"] < 1 or options["teachers"] > FULL_SIZE:
            raise CommandError(f"--teachers must be a number from 1 to {FULL_SIZE}.")
        try:
            with _bars() as tell:
                added = seed(now=clock.now(), tell=tell, add=options["add"], teacher_count=options["teachers"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for demo in DEMO_SCHOOLS:
            self.stdout.write(f"{demo.name}: {added[demo.slug]} lessons added.")
        path = Path(settings.STATE_DIRECTORY) / SIGN_INS_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(describe_sign_ins(), encoding="utf-8")


def describe_sign_ins() -> str:
    """Whom one may sign in as, school by school, one line each, and the password they share."""
    lines = [f"Sign in as one of these; the password is always {DEMO_PASSWORD}", ""]
    width = max(len(sign_in.email) for sign_in in sign_ins) + 2
    for demo in DEMO_SCHOOLS:
        lines.append(f"{demo.name}")
        for sign_in in sign_ins:
            if demo.slug in sign_in.roles:
                roles = ", ".join(sign_in.roles[demo.slug])
                lines.append(f"  {sign_in.email:{width}}{roles}: {str(sign_in.note)[0].lower()}{str(sign_in.note)[1:]}")
        lines.append("")
    return "\n".join(lines)


@contextmanager
def _bars() -> Iterator[Tell]:
    """One bar per school while the block runs, on a terminal only."""
    columns = (
        TextColumn("{task.description:10}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bars: dict[str, TaskID] = {}

        def tell(name: str, done: int, total: int) -> None:
            if name not in bars:
                bars[name] = progress.add_task(name, total=total)
            progress.update(bars[name], completed=done)

        yield tell
