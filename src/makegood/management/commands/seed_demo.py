"""The demo: two schools to try the product on."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from makegood import clock
from makegood.demo import describe_sign_ins
from makegood.demo.people import FULL_SIZE
from makegood.demo.schools import DEMO_SCHOOLS, DemoSchool
from makegood.demo.seeding import Tell, add_shared_people, list_missing, refuse_unless_ours, seed
from makegood.management.plain_help import PlainHelp
from makegood.processes import starting
from makegood.refusal import Refusal

SIGN_INS_FILE = "demo-sign-ins.txt"
SLUGS = [demo.slug for demo in DEMO_SCHOOLS]


class Command(PlainHelp):
    """Makes the demo schools that are missing and brings the others up to now. May run again at any time."""

    help = (
        "Make the two demo schools, Marigold and Larkspur, as of now. A school is made whole or not at all; one that "
        "exists is brought up to now: two weeks of lessons lie ahead again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--add", action="store_true", help="also in a database with schools of your own")
        parser.add_argument("--only", choices=SLUGS, help="one school (default: both)")
        parser.add_argument(
            "--teachers", type=_teacher_count, default=FULL_SIZE, help=f"per school, 1 to {FULL_SIZE} (default)"
        )
        parser.add_argument(
            "--at", type=_instant, help="as of this instant, for example 2026-10-22T14:30Z (default: now)"
        )
        parser.add_argument("--one-by-one", action="store_true", help="make the schools one after the other")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seed, tell how many lessons were added, and write down whom one may sign in as.

        Two schools that are both missing are made side by side, the second by a process of its own.
        """
        now: datetime = options["at"] or clock.now()
        schools = [demo for demo in DEMO_SCHOOLS if options["only"] in {None, demo.slug}]
        try:
            refuse_unless_ours(add=options["add"])
            if len(list_missing()) == len(schools) > 1 and not options["one_by_one"]:
                self._make_side_by_side(schools, now, options)
            else:
                self._make(schools, now, options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        path = Path(settings.STATE_DIRECTORY) / SIGN_INS_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(describe_sign_ins(), encoding="utf-8")

    def _make(self, schools: Sequence[DemoSchool], now: datetime, options: Mapping[str, Any]) -> None:
        with _bars() as tell:
            added = seed(now=now, tell=tell, teacher_count=options["teachers"], schools=schools)
        for demo in schools:
            self.stdout.write(f"{demo.name}: {added[demo.slug]} lessons added.")

    def _make_side_by_side(self, schools: Sequence[DemoSchool], now: datetime, options: Mapping[str, Any]) -> None:
        add_shared_people(now=now)
        first, second = schools
        with tempfile.TemporaryFile() as output:
            process = _start_another(second, now, options, output)
            try:
                self._make([first], now, options)
                status = process.wait()
            finally:
                # When the first failed, or Ctrl-C came; a finished one is left alone. Its school is then not made.
                process.kill()
                process.wait()
            output.seek(0)
            words = output.read().decode(errors="replace").strip()
        if status != 0:
            message = f"{second.name} could not be made. Call seed_demo again to make it.\n{words}"
            raise CommandError(message)
        self.stdout.write(words)


def _start_another(
    demo: DemoSchool, now: datetime, options: Mapping[str, Any], output: IO[bytes]
) -> subprocess.Popen[bytes]:
    words = ["seed_demo", "--only", demo.slug, "--teachers", str(options["teachers"]), "--at", now.isoformat()]
    words += ["--add"] if options["add"] else []
    return starting.start(
        [sys.executable, "-P", "-m", "makegood.manage", *words],
        environment=os.environ,
        directory=Path.cwd(),
        output=output,
    )


def _teacher_count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= FULL_SIZE:
        message = f"must be a number from 1 to {FULL_SIZE}, not {text!r}"
        raise ArgumentTypeError(message)
    return int(text)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at > clock.now():
        message = f"must be an instant in the past with an offset, such as 2026-10-22T14:30Z, not {text!r}"
        raise ArgumentTypeError(message)
    return at


class _FifthByFifth:
    """Says how far the schools are, without filling a log."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}

    def tell(self, name: str, done: int, total: int) -> None:
        """Print a line when another fifth of a school's work is done."""
        percent = 100 * done // total // 20 * 20 if total else 100
        if percent > self._said.get(name, 0):
            self._said[name] = percent
            print(f"{name}: {percent} %", flush=True)


@contextmanager
def _bars() -> Iterator[Tell]:
    """One bar per school while the block runs on a terminal, elsewhere a line for each further fifth."""
    if not sys.stderr.isatty():
        yield _FifthByFifth().tell
        return
    columns = (TextColumn("{task.description:10}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    console = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        bars: dict[str, TaskID] = {}

        def tell(name: str, done: int, total: int) -> None:
            if name not in bars:
                bars[name] = progress.add_task(name, total=total)
            progress.update(bars[name], completed=done)

        yield tell
