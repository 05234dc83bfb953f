"""How long the search for free starts takes, read from PostgreSQL, for one teacher, a thousand and ten thousand.

Run with `./run bench slots`. It makes a fresh PostgreSQL cluster with the product's own migrations, and teachers with a
believable week and a third of it booked, kept as calendar weeks from this week to the booking horizon. Then the product
looks for lessons of 50 minutes in the next 14 days, as its own role, under row-level security. The peer is a plain
loop over every slot of every teacher that has the ranges and the lessons in memory already. Before anything is
timed, the starts of both are compared, teacher by teacher. Forms take turns in every round; medians of rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import secrets
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import psycopg

os.environ.update(
    DJANGO_SETTINGS_MODULE="makegood.site.settings",
    MAKEGOOD_SECRET_KEY=secrets.token_urlsafe(64),
    MAKEGOOD_STATE_DIRECTORY=tempfile.gettempdir() + "/makegood-benchmark",
    MAKEGOOD_PROCESS="command",
    # Replaced before the first connection.
    DATABASE_URL="postgresql://nobody@/none",
    DATABASE_OWNER_URL="postgresql://nobody@/none",
)
django.setup()

from django.core.management import call_command  # noqa: E402 - the variables come first
from django.db import connections  # noqa: E402

from makegood.domain.availability import masks  # noqa: E402
from makegood.domain.availability.booking_rules import BookingRuleSet  # noqa: E402
from makegood.domain.availability.slots import FreeStarts, find_free_starts  # noqa: E402
from makegood.domain.schools.context import in_school  # noqa: E402
from makegood.postgres import account, binaries, roles  # noqa: E402
from makegood.postgres.cluster import Cluster, start_cluster  # noqa: E402
from makegood.quantities import Interval  # noqa: E402

DATABASE = "makegood"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
NOW = MONDAY + timedelta(hours=9, minutes=40)
DAYS = 14
WEEKS = 10
LESSON_MINUTES = 50
RULES = BookingRuleSet(buffer_minutes=10)
TARGETS_MS = {1: 0.2, 1_000: 5.0, 10_000: 50.0}
TARGET_GROWTH = 80


@dataclass(frozen=True)
class Teacher:
    """What the peer holds in memory: open and blocked time, by start."""

    membership: int
    opens: list[Interval]
    blocked: list[Interval]


def main() -> None:
    """Fill, check, measure and report."""
    arguments = read_arguments()
    with (
        tempfile.TemporaryDirectory(prefix="makegood-benchmark-") as name,
        fresh_database(Path(name), arguments) as made,
    ):
        cluster, school, teachers = made
        compared = check(school, teachers, arguments.compared)
        times = measure(school, teachers, arguments)
        result = report(times, compared, cluster, arguments)
    print_table(result)
    Path(arguments.output).parent.mkdir(parents=True, exist_ok=True)
    Path(arguments.output).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def read_arguments() -> argparse.Namespace:
    """The options; the defaults are the ones that docs/performance.md reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--compared", type=int, default=1_000, help="teachers whose starts are compared one by one")
    parser.add_argument("--postgres", choices=["system", "embedded"], default=None)
    parser.add_argument("--output", default="artifacts/slots.json")
    return parser.parse_args()


@contextmanager
def fresh_database(directory: Path, arguments: argparse.Namespace) -> Iterator[tuple[Cluster, int, list[Teacher]]]:
    """A new cluster with the product's tables and the most teachers that are measured; Django reads it as the app."""
    place = Path(tempfile.mkdtemp(prefix="makegood-benchmark-server-"))
    account.give(place, account.find())
    passwords = {role: secrets.token_urlsafe(24) for role in roles.ALL}
    cluster = start_cluster(
        place / "data",
        binaries=binaries.find(environment=os.environ, origin=arguments.postgres),
        password=secrets.token_urlsafe(24),
        log=directory / "postgres.log",
    )
    try:
        roles.provision(superuser_dsn=cluster.dsn(), passwords=passwords)
        roles.provision_database(superuser_dsn=cluster.dsn(), database=DATABASE)
        app, owner = (
            cluster.dsn(database=DATABASE, role=role, password=passwords[role]) for role in (roles.APP, roles.OWNER)
        )
        point_django_at(owner)
        call_command("migrate", verbosity=0, interactive=False)
        point_django_at(app)
        school, teachers = fill(app, max(TARGETS_MS))
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE makegood_calendarweek")
        yield cluster, school, teachers
    finally:
        cluster.stop()
        shutil.rmtree(place)


def point_django_at(dsn: str) -> None:
    """Let Django's connection lead there from now on."""
    parts = psycopg.conninfo.conninfo_to_dict(dsn)
    connections.close_all()
    connections["default"].settings_dict.update(
        NAME=parts["dbname"],
        USER=parts["user"],
        PASSWORD=parts["password"],
        HOST=parts.get("host", ""),
        PORT=parts.get("port", ""),
    )


def fill(dsn: str, count: int) -> tuple[int, list[Teacher]]:
    """A school and its teachers' calendar weeks, written by the product's role."""
    chance = random.Random(20261122)
    weeks = [MONDAY + number * masks.WEEK for number in range(WEEKS)]
    with psycopg.connect(dsn) as connection:
        school = insert(
            connection, "school", slug="benchmark", name="Benchmark", zone="UTC", language="en",
            desk_email="d@e.example", desk_phone="", support_email="s@e.example", emergency_phone="",
            pays_teachers=True, is_demo=False,
            created_at=MONDAY,
        )  # fmt: skip
        connection.execute("SELECT set_config('makegood.school_id', %s, true)", [str(school)])
        teachers = []
        rows: list[tuple[Any, ...]] = []
        for number in range(count):
            person = insert(
                connection, "person", password="", email=f"t{number}@e.example", full_name=f"T{number}", zone="UTC",
                language="en", is_active=True, is_demo=False, created_at=MONDAY,
            )  # fmt: skip
            member = insert(
                connection, "membership", school_id=school, person_id=person, code=f"t{number}",
                display_name=f"T{number}", engagement="", country="", joined_at=MONDAY,
            )  # fmt: skip
            teacher = invent(member, chance)
            teachers.append(teacher)
            available = masks.fill_weeks(intervals=teacher.opens, weeks=weeks, whole_steps=True)
            busy = masks.fill_weeks(intervals=teacher.blocked, weeks=weeks, whole_steps=False)
            rows += [(school, member, week, available[week], busy[week], 0) for week in weeks]
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO makegood_calendarweek (school_id, teacher_id, week_starts_at,"
                " available, busy, grid_minute)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                rows,
            )
    return school, teachers


def insert(connection: psycopg.Connection[Any], table: str, **values: Any) -> int:
    """One row; its id."""
    places = ", ".join(["%s"] * len(values))
    statement = f"INSERT INTO makegood_{table} ({', '.join(values)}) VALUES ({places}) RETURNING id"
    row = connection.execute(statement.encode(), list(values.values())).fetchone()
    assert row is not None
    return int(row[0])


def invent(member: int, chance: random.Random) -> Teacher:
    """Five days a week, a morning and an evening in some zone, about a third of it booked."""
    offset = timedelta(minutes=30 * chance.randrange(-20, 24))
    opens, blocked = [], []
    off = set(chance.sample(range(7), 2))
    for day in range(WEEKS * 7):
        if day % 7 in off:
            continue
        for first, last in ((9, 13), (17, 21)):
            start = MONDAY + timedelta(days=day, hours=first) + offset
            opens.append(Interval(start, start + timedelta(hours=last - first)))
            for hour in range(last - first):
                if chance.random() < 1 / 3:
                    at = start + timedelta(hours=hour)
                    blocked.append(Interval(at, at + timedelta(minutes=LESSON_MINUTES + RULES.buffer_minutes)))
    return Teacher(member, opens, blocked)


def search(school: int, chosen: list[int] | None) -> FreeStarts:
    """What the product does."""
    return find_free_starts(
        school_id=school, teacher_ids=chosen, from_at=NOW, until_at=NOW + timedelta(days=DAYS),
        lesson_minutes=LESSON_MINUTES, rules=RULES, now=NOW,
    )  # fmt: skip


def plainly(teacher: Teacher) -> list[datetime]:
    """What a plain loop does: try each slot against the ranges and the lessons."""
    starts = []
    lesson = timedelta(minutes=LESSON_MINUTES)
    whole = timedelta(minutes=LESSON_MINUTES + RULES.buffer_minutes)
    at = MONDAY
    first = NOW + timedelta(minutes=RULES.minimum_notice_minutes)
    until = NOW + timedelta(days=DAYS)
    while at < until:
        if (
            at >= first
            and any(one.start <= at and at + lesson <= one.end for one in teacher.opens if one.end)
            and not any(one.start < at + whole and at < one.end for one in teacher.blocked if one.end)
        ):
            starts.append(at)
        at += timedelta(minutes=RULES.slot_minutes)
    return starts


def check(school: int, teachers: list[Teacher], count: int) -> int:
    """Compare the starts of `count` teachers; returns how many starts were equal."""
    with in_school(school):
        found = dict(search(school, None).items())
    equal = 0
    for teacher in teachers[:count]:
        expected = plainly(teacher)
        if found.get(teacher.membership, []) != expected:
            raise SystemExit(f"teacher {teacher.membership}: {found.get(teacher.membership)} is not {expected}")
        equal += len(expected)
    return equal


def measure(school: int, teachers: list[Teacher], arguments: argparse.Namespace) -> dict[str, list[float]]:
    """Milliseconds per search, one value per round."""
    members = [teacher.membership for teacher in teachers]
    times: dict[str, list[float]] = {}
    with in_school(school):
        for form in range(3):
            search(school, members[: 10**form])
        for _round in range(arguments.rounds):
            for count in TARGETS_MS:
                chosen = None if count == len(members) else members[:count]
                passes = max(1, 200 // count)
                times.setdefault(f"makegood {count}", []).append(timed(lambda: search(school, chosen), passes))  # noqa: B023
            times.setdefault("all starts listed 10000", []).append(timed(lambda: list(search(school, None).items()), 1))
            times.setdefault("plain loop 1", []).append(timed(lambda: plainly(teachers[0]), 3))
            times.setdefault("plain loop 1000", []).append(
                timed(lambda: [plainly(teacher) for teacher in teachers[:1000]], 1) if _round < 3 else 0.0
            )
    times["plain loop 1000"] = [spent for spent in times["plain loop 1000"] if spent]
    return times


def timed(work: Any, passes: int) -> float:
    """Milliseconds per call."""
    started = time.perf_counter()
    for _pass in range(passes):
        work()
    return (time.perf_counter() - started) * 1000 / passes


def report(
    times: dict[str, list[float]], compared: int, cluster: Cluster, arguments: argparse.Namespace
) -> dict[str, Any]:
    """Medians and what they are measured against."""
    medians = {form: statistics.median(values) for form, values in times.items()}
    return {
        "starts_compared": compared,
        "rounds": arguments.rounds,
        "processors": len(os.sched_getaffinity(0)),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
        "postgresql": cluster.binaries.version,
        "milliseconds": {form: round(value, 3) for form, value in medians.items()},
        "fastest_milliseconds": {form: round(min(values), 3) for form, values in times.items()},
        "targets_milliseconds": TARGETS_MS,
        "growth_1000_to_1": round(medians["makegood 1000"] / medians["makegood 1"], 1),
        "target_growth": TARGET_GROWTH,
    }


def print_table(result: dict[str, Any]) -> None:
    """One line per form."""
    print(
        f"{result['starts_compared']:,} starts equal; PostgreSQL {result['postgresql']}, Python {result['python']}, "
        f"{result['processors']} processors, load {result['load_average']}"
    )
    for form, value in result["milliseconds"].items():
        print(f"{form:<20} {value:>10.3f} ms (fastest {result['fastest_milliseconds'][form]:.3f})")
    print(f"growth 1,000 : 1     {result['growth_1000_to_1']:>10} (target {result['target_growth']})")


if __name__ == "__main__":
    main()
