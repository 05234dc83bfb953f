"""How many requests a second two web processes answer, against pgbench doing the same statements without any Python.

Run with `./run bench booking`. It makes a fresh PostgreSQL cluster (fsync on) with the product's own migrations and one
school: teachers who are open all day, students, lessons of the past and lessons to come. It starts the web processes
as `./run` does. Each kind of request is first made once in this process, and every statement it sends is written down;
of them a pgbench script is made that does the same for other people and times, in the same transactions, prepared. Then
both take turns on the same machine, with the same number of connections; ratios are made of medians. Beside them stands
the ratio of processor time: what a request costs web processes and server, and what pgbench and server spend on the
same. On a machine that others share it says more than the clock.

What a request is: *book* is holding a free time and confirming it, two posts; *cancel* is a student's cancellation in
time; *report* is a teacher's report of an emergency at the price that a page showed before;
*coming* is the JSON of the student's lessons to come; *lessons* is the student's page of them, with past ones and
messages; *dashboard* is the teacher's page. Answers are counted only with the status that fits.

It is longer than 400 lines because a benchmark is one file: it is run by its path and finds no neighbors to import.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import http.client
import json
import os
import platform
import pstats
import re
import resource
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django
import psycopg

STATE = Path(tempfile.mkdtemp(prefix="makegood-benchmark-state-"))
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    PORT = int(probe.getsockname()[1])
os.environ.update(
    DJANGO_SETTINGS_MODULE="makegood.site.settings",
    MAKEGOOD_SECRET_KEY=secrets.token_urlsafe(64),
    MAKEGOOD_STATE_DIRECTORY=str(STATE),
    MAKEGOOD_ADDRESS=f"http://localhost:{PORT}",
    MAKEGOOD_DEMO="false",
    MAKEGOOD_PROCESS="command",
    # Replaced before the first connection.
    DATABASE_URL="postgresql://nobody@/none",
    DATABASE_OWNER_URL="postgresql://nobody@/none",
)
django.setup()

from django.core.management import call_command  # noqa: E402 - the variables come first
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from psycopg.types.range import Range  # noqa: E402

from makegood.actions.calendars import rebuild_calendar  # noqa: E402
from makegood.actions.publish_policy_version import publish_policy_version  # noqa: E402
from makegood.actions.quote_emergency import quote_emergency  # noqa: E402
from makegood.domain.availability import operations as availability  # noqa: E402
from makegood.domain.availability.booking_rules import BookingRuleSet  # noqa: E402
from makegood.domain.availability.models import DefaultAvailability  # noqa: E402
from makegood.domain.availability.operations import Made  # noqa: E402
from makegood.domain.ledger.models import Account, AccountKind  # noqa: E402
from makegood.domain.lessons.models import Lesson  # noqa: E402
from makegood.domain.penalties.quotes import sign  # noqa: E402
from makegood.domain.people.models import Membership, Person, Role, RoleGrant  # noqa: E402
from makegood.domain.schools.context import in_school  # noqa: E402
from makegood.domain.schools.models import School  # noqa: E402
from makegood.domain.timeline.doors import Door  # noqa: E402
from makegood.door.demo import WEB_PROCESSES, web_command  # noqa: E402
from makegood.postgres import account, binaries, roles  # noqa: E402
from makegood.postgres.cluster import Cluster, start_cluster  # noqa: E402

DATABASE = "makegood"
SLUG = "benchmark"
# As many as the web processes have threads; with fewer, one process may get most of them.
CONNECTIONS = 8
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
LONG_AGO = TODAY - timedelta(days=400)
# Booked lessons to come, of each teacher and a student of theirs, every two hours from midnight after next.
UPCOMING = 24
FIRST_UPCOMING = TODAY + timedelta(days=2)
# New lessons are booked on the odd hours between them.
FIRST_FREE = FIRST_UPCOMING + timedelta(hours=1)
# Lessons whose teachers report that they cannot teach them, every second week: never so many in a month that earlier
# ones cost more, and within the year in which something can be reported.
REPORT_STEP = timedelta(days=14)
FIRST_TO_REPORT = FIRST_UPCOMING + REPORT_STEP
# Requests of each pair that are profiled.
PROFILED_OF_EACH = 16
TARGETS = {"book": 0.35, "cancel": 0.25, "report": 0.25, "coming": 0.10, "dashboard": 0.04}


def read_arguments() -> argparse.Namespace:
    """The options; docs/performance.md says which it reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teachers", type=int, default=1_000)
    parser.add_argument("--lessons", type=int, default=100_000, help="lessons of the past; the target says 1,000,000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each form in each round")
    parser.add_argument("--protocol", choices=["prepared", "simple"], default="prepared", help="of pgbench")
    parser.add_argument("--profile", choices=sorted(KINDS), help="profile one kind in this process instead")
    parser.add_argument("--postgres", choices=["system", "embedded"], default=None)
    parser.add_argument("--output", default="artifacts/booking.json")
    return parser.parse_args()


@dataclass
class World:
    """The school, and who is who: teacher n and student n have lessons to come with each other.

    So have those who report that they cannot teach, who are others: what they report is for them alone.
    """

    school: School
    teachers: int
    first_teacher: int
    first_student: int
    first_lesson: int
    first_reporter: int
    first_reported: int
    first_to_report: int
    first_account: int
    used: dict[str, int] = field(default_factory=dict)

    def next(self, kind: str) -> int:
        """A number that no request of the kind has had."""
        self.used[kind] = self.used.get(kind, -1) + 1
        return self.used[kind]


@contextmanager
def fresh_database(directory: Path, arguments: argparse.Namespace) -> Iterator[tuple[Cluster, str, str]]:
    """A new cluster with the product's tables; Django and the web processes reach it as the app."""
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
        call_command("prepare", stdout=(directory / "prepare.log").open("w", encoding="utf-8"))
        point_django_at(app)
        yield cluster, app, owner
    finally:
        connections.close_all()
        cluster.stop()
        shutil.rmtree(place)
        shutil.rmtree(STATE, ignore_errors=True)


def point_django_at(dsn: str) -> None:
    """Let Django's connection lead there from now on."""
    parts = psycopg.conninfo.conninfo_to_dict(dsn)
    connections.close_all()
    connections["default"].settings_dict.update(
        NAME=parts["dbname"], USER=parts["user"], PASSWORD=parts["password"], HOST=parts.get("host", ""),
        PORT=parts.get("port", ""),
    )  # fmt: skip


def fill(arguments: argparse.Namespace) -> World:
    """A school with its people, availability, rules, policy and lessons."""
    school = School.objects.create(
        slug=SLUG, name="Benchmark", zone="UTC", desk_email="d@e.example", desk_phone="", support_email="s@e.example",
        pays_teachers=True, created_at=LONG_AGO,
    )  # fmt: skip
    count = arguments.teachers
    with in_school(school.pk):
        teachers = add_people(school, "t", count, Role.TEACHER)
        students = add_people(school, "s", count, Role.STUDENT)
        reporters = add_people(school, "r", count, Role.TEACHER)
        reported = add_people(school, "q", count, Role.STUDENT)
        made = Made(at=LONG_AGO, by_id=None, door=Door.COMMAND, request_id=uuid.uuid4())
        availability.set_rules(school_id=school.pk, rules=BookingRuleSet(max_lessons_per_day=48), made=made)
        weekly = [{"weekday": day, "start_minute": 0, "end_minute": 1440} for day in range(7)]
        DefaultAvailability.objects.bulk_create(
            DefaultAvailability(
                school=school, teacher=teacher, number=1, zone="UTC", in_force_from_on=LONG_AGO.date(), weekly=weekly,
                reason="", made_at=LONG_AGO, door=Door.COMMAND, request_id=uuid.uuid4(),
            )
            for teacher in teachers
        )  # fmt: skip
    document = (resources.files("makegood.presets") / "25hoon.toml").read_text(encoding="utf-8")
    published = publish_policy_version(
        school=school, document=document, in_force_from_on=LONG_AGO.date().replace(day=1), published_by_id=None,
        change_note="", door=Door.COMMAND, now=LONG_AGO,
    )  # fmt: skip
    assert published.problems == ()
    past = {"school": school.pk, "teachers": [one.pk for one in teachers], "students": [one.pk for one in students],
            "today": TODAY, "first": FIRST_UPCOMING}  # fmt: skip
    for status, places in (("taught", range(arguments.lessons // count)), ("booked", range(UPCOMING))):
        for place in places:
            with in_school(school.pk), connection.cursor() as cursor:
                cursor.execute(_LESSONS[status], past | {"place": place})
    others = {"teachers": [one.pk for one in reporters], "students": [one.pk for one in reported]}
    for place in range(UPCOMING):
        with in_school(school.pk), connection.cursor() as cursor:
            cursor.execute(_LESSONS["to_report"], past | others | {"place": place, "first": FIRST_TO_REPORT})
    rebuild_calendar(school=school, now=datetime.now(UTC))
    with in_school(school.pk):
        booked = Lesson.objects.filter(status="booked").order_by("pk").values_list("pk", flat=True)
        first, to_report = booked[0], booked.filter(teacher=reporters[0])[0]
    keep_quotes(school, reporters[0], to_report)
    with in_school(school.pk):
        # As of somebody who was charged before; in the order of the teachers, like their ids.
        accounts = Account.objects.bulk_create(
            Account(school=school, kind=AccountKind.TEACHER_PENALTIES_PENDING, membership=one, currency="USD")
            for one in reporters
        )
    return World(
        school, count, teachers[0].pk, students[0].pk, first, reporters[0].pk, reported[0].pk, to_report, accounts[0].pk
    )


def keep_quotes(school: School, reporter: Membership, lesson_id: int) -> None:
    """A price for every lesson that is reported, as its teacher's page would have shown it: they all cost the same."""
    quote = quote_emergency(school=school, actor=reporter, lesson_id=lesson_id, now=datetime.now(UTC))
    with in_school(school.pk), connection.cursor() as cursor:
        cursor.execute(_QUOTES, {"quote": quote.quote_id})


def quote_of(lesson_id: int) -> uuid.UUID:
    """The id of the lesson's quote, as the statement that keeps them makes it."""
    return uuid.UUID(hashlib.md5(f"quote {lesson_id}".encode(), usedforsecurity=False).hexdigest())


def add_people(school: School, code: str, count: int, role: Role) -> list[Membership]:
    """People with one role; their ids follow each other."""
    persons = Person.objects.bulk_create(
        Person(email=f"{code}{n}@e.example", full_name=f"{code}{n}", zone="UTC", created_at=LONG_AGO, password="!")  # noqa: S106
        for n in range(count)
    )
    members = Membership.objects.bulk_create(
        Membership(
            school=school, person=person, code=person.full_name, display_name=person.full_name, joined_at=LONG_AGO
        )
        for person in persons
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(school=school, membership=member, role=role, granted_at=LONG_AGO) for member in members
    )
    return members


_ROWS = """
    INSERT INTO makegood_lesson (school_id, teacher_id, student_id, starts_at, ends_at, blocked, status, lesson_type,
                                 title, booked_at, join_link, version, waits_for, credits, taught_minutes)
    SELECT %(school)s, teacher, student, at, at + interval '50 minutes',
           tstzrange(at, at + interval '50 minutes'), '{status}', 'regular', 'Lesson', at - interval '90 days',
           '', 1, '', 0, {taught}
    FROM unnest(%(teachers)s::bigint[], %(students)s::bigint[]) AS pairs (teacher, student), {at} AS at
    ORDER BY teacher
"""
_LESSONS = {
    "taught": _ROWS.format(
        status="taught", taught="50", at="CAST(%(today)s - (1 + %(place)s) * interval '2 hours' AS timestamptz)"
    ),
    "booked": _ROWS.format(
        status="booked", taught="NULL", at="CAST(%(first)s + %(place)s * interval '2 hours' AS timestamptz)"
    ),
    "to_report": _ROWS.format(
        status="booked", taught="NULL", at="CAST(%(first)s + %(place)s * interval '14 days' AS timestamptz)"
    ),
}  # fmt: skip
_QUOTES = """
    INSERT INTO makegood_quote (id, school_id, lesson_id, teacher_id, policy_version_id, made_at, valid_until,
                                facts_sha256, prices)
    SELECT md5('quote ' || lesson.id)::uuid, quote.school_id, lesson.id, lesson.teacher_id, quote.policy_version_id,
           quote.made_at, quote.valid_until, quote.facts_sha256,
           (SELECT jsonb_object_agg(code, price || jsonb_build_object(
              'lesson_starts_at', to_char(lesson.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')))
            FROM jsonb_each(quote.prices) AS prices (code, price))
    FROM makegood_quote AS quote
    JOIN makegood_lesson AS reported ON reported.id = quote.lesson_id
    JOIN makegood_lesson AS lesson ON lesson.status = 'booked' AND lesson.id >= reported.id
    WHERE quote.id = %(quote)s
"""


# --- requests ------------------------------------------------------------------------------------------------------
Send = Callable[[str, str, dict[str, str] | None], tuple[int, str]]


def book(world: World, send: Send, pair: int, place: int) -> None:
    """Hold a free time, then confirm it."""
    at = FIRST_FREE + place * timedelta(hours=2)
    slot = {"slot": f"{world.first_teacher + pair}|{at:%Y-%m-%dT%H:%M:%S+00:00}", "kind": "regular:50",
            "request_id": str(uuid.uuid4())}  # fmt: skip
    status, to = send("POST", f"/{SLUG}/book/", slot)
    assert status == 302, f"holding a time was answered {status}"
    status, _ = send("POST", to, {"request_id": str(uuid.uuid4())})
    assert status == 302, f"confirming was answered {status}"


def cancel(world: World, send: Send, pair: int, place: int) -> None:
    """Cancel a lesson to come, in time."""
    lesson = world.first_lesson + place * world.teachers + pair
    form = {"request_id": str(uuid.uuid4()), "shown_as": "free", "note": ""}
    status, _ = send("POST", f"/{SLUG}/lessons/{lesson}/cancel/", form)
    assert status == 302, f"cancelling was answered {status}"


def report(world: World, send: Send, pair: int, place: int) -> None:
    """Report that a lesson to come cannot be taught, at the price that the page showed."""
    lesson = world.first_to_report + place * world.teachers + pair
    form = {"situation": "3", "claim": "3", "lesson_begun": "", "reason": "", "note": "",
            "quote": sign(quote_of(lesson)), "request_id": str(uuid.uuid4())}  # fmt: skip
    status, _ = send("POST", f"/{SLUG}/sessions/{lesson}/emergency/", form)
    assert status == 302, f"reporting was answered {status}"


def coming(_world: World, send: Send, _pair: int, _place: int) -> None:
    """The student's lessons to come, for programs."""
    status, _ = send("GET", f"/api/v1/schools/{SLUG}/lessons/coming", None)
    assert status == 200, f"the coming lessons were answered {status}"


def lessons(_world: World, send: Send, _pair: int, _place: int) -> None:
    """The student's lessons."""
    status, _ = send("GET", f"/{SLUG}/lessons/", None)
    assert status == 200, f"the lessons were answered {status}"


def dashboard(_world: World, send: Send, _pair: int, _place: int) -> None:
    """My Dashboard of a teacher."""
    status, _ = send("GET", f"/{SLUG}/dashboard/", None)
    assert status == 200, f"the dashboard was answered {status}"


KINDS: dict[str, Callable[[World, Send, int, int], None]] = {
    "book": book, "cancel": cancel, "report": report, "coming": coming, "lessons": lessons, "dashboard": dashboard,
}  # fmt: skip


def sign_in(world: World, kind: str, pair: int) -> str:
    """The cookie of whoever makes such requests: signed in with a second step, and on pages of the school before."""
    person_id = person_of(world, kind, pair)
    role = Role.TEACHER if kind in {"dashboard", "report"} else Role.STUDENT
    client = Client()
    client.force_login(Person.objects.get(pk=person_id))
    session = client.session
    session["account_authentication_methods_user"] = str(person_id)
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time()}, {"method": "mfa", "type": "totp", "at": time.time()},
    ]  # fmt: skip
    session["place"] = [SLUG, role.value]
    session["roles_seen"] = {str(world.school.pk): [role.value]}
    session.save()
    return str(client.cookies["sessionid"].value)


def person_of(world: World, kind: str, pair: int) -> int:
    with in_school(world.school.pk):
        first = {"dashboard": world.first_teacher, "report": world.first_reporter}.get(kind, world.first_student)
        member = first + pair
        return Membership.objects.values_list("person_id", flat=True).get(pk=member)


CSRF = "b" * 32


class Browser:
    """One connection to the web processes that stays open."""

    def __init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)

    def send_as(self, cookie: str) -> Send:
        headers = {"Host": f"localhost:{PORT}", "Cookie": f"sessionid={cookie}; csrftoken={CSRF}",
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip

        def send(method: str, path: str, form: dict[str, str] | None) -> tuple[int, str]:
            body = urlencode(form | {"csrfmiddlewaretoken": CSRF}) if form is not None else None
            self.connection.request(method, path, body=body, headers=headers)
            response = self.connection.getresponse()
            response.read()
            return response.status, response.getheader("Location", "")

        return send


@contextmanager
def web(dsn: str, directory: Path) -> Iterator[list[int]]:
    """The web processes, as `./run` starts them; their ids."""
    environment = os.environ | {"DATABASE_URL": dsn, "MAKEGOOD_PROCESS": "web"}
    with (directory / "web.log").open("wb") as output:
        started = [
            subprocess.Popen(web_command(PORT), env=environment, cwd=STATE, stdout=output, stderr=output)
            for _number in range(WEB_PROCESSES)
        ]
    try:
        deadline = time.monotonic() + 60
        # Each says so when it listens; an answer on the port would only tell of one of them.
        while (said := (directory / "web.log").read_text(encoding="utf-8")).count("Started worker") < WEB_PROCESSES:
            assert time.monotonic() < deadline, said
            time.sleep(0.2)
        yield [process.pid for process in started]
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=30)


def ask_for(seconds: float, world: World, kind: str, cookies: dict[int, str]) -> tuple[float, list[float]]:
    """Send requests of one kind on all connections; how many a second, and how long each took."""
    took: list[float] = []
    failed: list[BaseException] = []
    lock = threading.Lock()
    until = time.perf_counter() + seconds

    def work() -> None:
        browser = Browser()
        try:
            while time.perf_counter() < until:
                with lock:
                    number = world.next(kind)
                pair, place = number % len(cookies), number // len(cookies) % UPCOMING
                began = time.perf_counter()
                KINDS[kind](world, browser.send_as(cookies[pair]), pair, place)
                took.append(time.perf_counter() - began)
        except (AssertionError, OSError, http.client.HTTPException) as error:
            failed.append(error)

    began = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(f"{kind}: {failed[0]}")
    return len(took) / (time.perf_counter() - began), took


# --- the same statements without Python --------------------------------------------------------------------------
# Each table's ids begin somewhere else, so that an id among the parameters says which row it is of.
TABLES = ("lesson", "event", "incident", "assessment", "message", "lessonrelease", "incidentdecision")
ID_SPAN = 10_000_000
FIRST_ACCOUNT = 900_000_000


def spread_ids(owner: str) -> None:
    with psycopg.connect(owner) as altering:
        altering.execute(f"ALTER TABLE makegood_account ALTER COLUMN id RESTART WITH {FIRST_ACCOUNT}".encode())
        for number, table in enumerate(TABLES, start=1):
            if table != "lesson":
                altering.execute(
                    f"ALTER TABLE makegood_{table} ALTER COLUMN id RESTART WITH {number * ID_SPAN}".encode()
                )


class Recorder:
    """Writes down every statement, and where transactions end."""

    def __init__(self) -> None:
        self.lines: list[tuple[bool, str, Any]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, *_more: Any) -> Any:
        self.lines.append((connection.in_atomic_block, sql, params))
        return execute(sql, params, *_more)


def record(world: World, kind: str, pair: int, place: int) -> list[tuple[bool, str, Any]]:
    """What one request of the kind sends; "COMMIT" where a transaction ends."""
    client = Client(SERVER_NAME="localhost", SERVER_PORT=str(PORT))
    client.cookies["sessionid"] = sign_in(world, kind, pair)

    def send(method: str, path: str, form: dict[str, str] | None) -> tuple[int, str]:
        response = client.post(path, form) if method == "POST" else client.get(path)
        return response.status_code, response.headers.get("Location", "")

    if kind == "report":
        # Another teacher's first one: what is recorded is the report of somebody without any before.
        client.cookies["sessionid"] = sign_in(world, kind, pair - 1)
        KINDS[kind](world, send, pair - 1, place + 1)
        client.cookies["sessionid"] = sign_in(world, kind, pair)
    else:
        KINDS[kind](world, send, pair, place)
    recorder, commit = Recorder(), connection.commit

    def commit_and_tell() -> None:
        recorder.lines.append((False, "COMMIT", None))
        commit()

    connection.commit = commit_and_tell  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(recorder):
            KINDS[kind](world, send, pair, place + 1)
    finally:
        connection.commit = commit  # type: ignore[method-assign]
    return recorder.lines


class Script:
    """A pgbench script of recorded statements, for another pair and place with each transaction."""

    def __init__(self, world: World, pair: int, kind: str, place: int) -> None:
        is_report = kind == "report"
        first_lesson = world.first_to_report if is_report else world.first_lesson
        first, step = (FIRST_TO_REPORT, REPORT_STEP) if is_report else (
            FIRST_UPCOMING if kind == "cancel" else FIRST_FREE, timedelta(hours=2)
        )  # fmt: skip
        starts_at = first + place * step
        lesson = first_lesson + place * world.teachers + pair if kind in {"cancel", "report"} else None
        teacher = world.first_reporter if is_report else world.first_teacher
        student = world.first_reported if is_report else world.first_student
        self.quote = quote_of(lesson) if is_report and lesson is not None else None
        self.starts_at = starts_at
        self.ends_at = starts_at + timedelta(minutes=50)
        self.of_members = {
            teacher + pair: ":teacher", student + pair: ":student", world.first_account + pair: ":account",
        }  # fmt: skip
        self.lesson = lesson
        share = world.teachers // 2 // CONNECTIONS
        self.lines = [
            rf"\set pair {world.teachers // 2} + :client_id * {share} + :k % {share}",
            rf"\set place :k / {share}",
            r"\set k :k + 1",
            rf"\set teacher {teacher} + :pair",
            rf"\set student {student} + :pair",
            rf"\set account {world.first_account} + :pair",
        ]
        if lesson is not None:
            self.lines.append(rf"\set lesson_id {first_lesson} + :place * {world.teachers} + :pair")
        every = f"interval '{step // timedelta(hours=1)} hours'"
        self.start = f"(timestamptz '{first.isoformat()}' + :place * {every})"
        self.end = f"({self.start} + interval '50 minutes')"

    def write(self, recorded: list[tuple[bool, str, Any]]) -> str:
        is_open = False
        for in_transaction, sql, params in recorded:
            if sql == "COMMIT":
                if is_open:
                    self.lines.append("COMMIT;")
                is_open = False
                continue
            if in_transaction and not is_open:
                self.lines.append("BEGIN;")
                is_open = True
            self.lines.append(self.statement(sql, params))
        return "\n".join(self.lines) + "\n"

    def statement(self, sql: str, params: Any) -> str:
        if isinstance(params, dict):
            text = re.sub(r"%\((\w+)\)s", lambda found: self.value(params[found[1]]), sql)
        else:
            values = iter(params or ())
            text = re.sub(r"%s", lambda _: self.value(next(values)), sql)
        text = re.sub(r"\s+", " ", text.replace("%%", "%")).strip(" ;")
        inserted = re.match(r'INSERT INTO "?makegood_(\w+)"? .*RETURNING', text)
        # Several rows are written as several tuples, or as arrays.
        is_one_row = "%s), (%s" not in sql and all(len(given) == 1 for given in params or () if isinstance(given, list))
        if inserted and inserted[1] in TABLES and is_one_row:
            return rf"{text} \gset {inserted[1]}_"
        return text + ";"

    def value(self, given: Any) -> str:
        if isinstance(given, uuid.UUID):
            return "md5('quote ' || (:lesson_id)::text)::uuid" if given == self.quote else "gen_random_uuid()"
        if isinstance(given, datetime) and given in (self.starts_at, self.ends_at):
            return self.start if given == self.starts_at else self.end
        if isinstance(given, Range) and given.lower == self.starts_at:
            return f"tstzrange({self.start}, {self.end})"
        if isinstance(given, tuple) and len(given) == 2 and given[0] == self.starts_at:
            return f"tstzrange({self.start}, {self.end})"
        if isinstance(given, list) and given and all(isinstance(one, int | str | uuid.UUID) for one in given):
            return f"ARRAY[{', '.join(self.value(one) for one in given)}]"
        if isinstance(given, bool):
            return str(given)
        if isinstance(given, int):
            return self.number(given)
        if isinstance(given, str) and re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{3}", given):
            return "overlay(upper(substr(md5(random()::text), 1, 8)) placing '-' from 5 for 1)"
        if isinstance(given, str) and (found := re.match(r"(\d{8,9}):(.*)", given)):
            # A colon before a letter would be a variable, inside quotes, too.
            words = [self.literal(word) for word in found[2].split(":")]
            return " || chr(58) || ".join([f"({self.number(int(found[1]))})::text", *words])
        return self.literal(given)

    def number(self, given: int) -> str:
        if given in self.of_members:
            return self.of_members[given]
        if given == self.lesson or (self.lesson is None and given in self.own_lessons):
            return ":lesson_id"
        if ID_SPAN <= given < (len(TABLES) + 1) * ID_SPAN:
            return f":{TABLES[given // ID_SPAN - 1]}_id"
        return str(given)

    own_lessons: frozenset[int] = frozenset()

    def literal(self, given: Any) -> str:
        return str(psycopg.ClientCursor(connection.connection).mogrify("%s", [given]))


def make_script(world: World, kind: str) -> tuple[str, int]:
    """The script of one kind, and how many statements it has."""
    pair, place = world.teachers // 2 - 13, UPCOMING - 4
    recorded = record(world, kind, pair, place)
    script = Script(world, pair, kind, place + 1)
    with in_school(world.school.pk):
        script.own_lessons = frozenset(Lesson.objects.order_by("-pk").values_list("pk", flat=True)[:1])
    count = sum(sql != "COMMIT" for _, sql, _ in recorded)
    return script.write(recorded), count


def run_pgbench(dsn: str, script: Path, *, seconds: float, first: int, protocol: str) -> tuple[float, int]:
    """Transactions a second, and how many."""
    done = subprocess.run(
        ["pgbench", "-n", "-M", protocol, "-c", str(CONNECTIONS), "-j", "2", "-T", str(max(1, round(seconds))),
         "-D", f"k={first}", "-f", str(script), dsn],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
    if found is None or "aborted" in done.stderr:
        raise SystemExit(f"pgbench: {done.stdout[-500:]}\n{done.stderr[-2000:]}")
    count = re.search(r"transactions actually processed: (\d+)", done.stdout)
    assert count is not None
    return float(found[1]), int(count[1])


def processor_seconds(roots: list[int]) -> float:
    """What processes and their descendants have used, those that have ended and were waited for included."""
    total, to_do = 0.0, [*roots]
    while to_do:
        pid = to_do.pop()
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")
        to_do += [int(child) for child in children]
    return total


def processor_seconds_of_ended_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# --- all of it -----------------------------------------------------------------------------------------------------
def main() -> None:
    """Fill, record, measure and report."""
    arguments = read_arguments()
    with (
        tempfile.TemporaryDirectory(prefix="makegood-benchmark-") as name,
        fresh_database(Path(name), arguments) as (cluster, dsn, owner),
    ):
        spread_ids(owner)
        world = fill(arguments)
        with psycopg.connect(owner, autocommit=True) as vacuuming:
            vacuuming.execute("VACUUM ANALYZE")
        scripts, counts = {}, {}
        for kind in KINDS:
            text, counts[kind] = make_script(world, kind)
            scripts[kind] = Path(name) / f"{kind}.sql"
            scripts[kind].write_text(text, encoding="utf-8")
        if arguments.profile:
            profile(world, arguments.profile)
            return
        with web(dsn, Path(name)) as web_pids:
            result = measure(world, dsn, scripts, counts, (cluster, web_pids), arguments)
    print_table(result)
    Path(arguments.output).parent.mkdir(parents=True, exist_ok=True)
    Path(arguments.output).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(
    world: World, dsn: str, scripts: dict[str, Path], counts: dict[str, int], servers: tuple[Cluster, int],
    arguments: argparse.Namespace,
) -> dict[str, Any]:  # fmt: skip
    """Both take turns, kind by kind, round after round."""
    cluster, web_pids = servers
    pairs = range(world.teachers // 2 - 20)
    cookies = {
        kind: {pair: sign_in(world, kind, pair) for pair in pairs} for kind in ("dashboard", "report", "lessons")
    }
    rates: dict[str, list[float]] = {}
    costs: dict[str, list[float]] = {}
    took: dict[str, list[float]] = {}
    each = world.teachers // 2 // CONNECTIONS * (UPCOMING - 6) // arguments.rounds
    for kind in KINDS:
        ask_for(1.0, world, kind, cookies.get(kind, cookies["lessons"]))
    for number in range(arguments.rounds):
        for kind in KINDS:
            own = cookies.get(kind, cookies["lessons"])
            before = processor_seconds([*web_pids, cluster.pid])
            rate, spent = ask_for(arguments.seconds, world, kind, own)
            used = processor_seconds([*web_pids, cluster.pid]) - before
            rates.setdefault(f"web {kind}", []).append(rate)
            costs.setdefault(f"web {kind}", []).append(used / len(spent) * 1000)
            took.setdefault(kind, []).extend(spent)
            before = processor_seconds([cluster.pid]) + processor_seconds_of_ended_children()
            rate, done = run_pgbench(
                dsn, scripts[kind], seconds=arguments.seconds, first=number * each, protocol=arguments.protocol
            )
            used = processor_seconds([cluster.pid]) + processor_seconds_of_ended_children() - before
            rates.setdefault(f"pgbench {kind}", []).append(rate)
            costs.setdefault(f"pgbench {kind}", []).append(used / done * 1000)
    per_second = {form: statistics.median(values) for form, values in rates.items()}
    cost = {form: statistics.median(values) for form, values in costs.items()}
    return {
        "teachers": arguments.teachers,
        "lessons": arguments.lessons + arguments.teachers * UPCOMING * 2,
        "rounds": arguments.rounds,
        "protocol": arguments.protocol,
        "processors": len(os.sched_getaffinity(0)),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
        "postgresql": cluster.binaries.version,
        "per_second": {form: round(value, 1) for form, value in per_second.items()},
        "processor_milliseconds": {form: round(value, 2) for form, value in cost.items()},
        "statements": counts,
        "p99_milliseconds": {kind: round(sorted(all_)[-1 - len(all_) // 100] * 1000) for kind, all_ in took.items()},
        "ratios": {kind: round(per_second[f"web {kind}"] / per_second[f"pgbench {kind}"], 3) for kind in KINDS},
        "processor_ratios": {kind: round(cost[f"pgbench {kind}"] / cost[f"web {kind}"], 3) for kind in KINDS},
        "targets": TARGETS,
    }


def profile(world: World, kind: str) -> None:
    """Where the processor's time goes in this process, over eighty requests of one kind."""
    client = Client(SERVER_NAME="localhost", SERVER_PORT=str(PORT))
    pairs = range(80 // PROFILED_OF_EACH)
    cookies = [sign_in(world, kind, pair) for pair in pairs]

    def send(method: str, path: str, form: dict[str, str] | None) -> tuple[int, str]:
        response = client.post(path, form) if method == "POST" else client.get(path)
        return response.status_code, response.headers.get("Location", "")

    # By the time of the processor: waiting for the server, or for others on the machine, is none of ours.
    watching = cProfile.Profile(time.process_time)
    spent = 0.0
    # The first of each pair is not watched: what is made once per process is none of a request.
    for place in range(PROFILED_OF_EACH + 1):
        for pair in pairs:
            client.cookies["sessionid"] = cookies[pair]
            began = time.process_time()
            if place:
                watching.enable()
            KINDS[kind](world, send, pair, place)
            watching.disable()
            spent += (time.process_time() - began) if place else 0.0
    print(f"{spent / 80 * 1000:.1f} ms of processor each, watched")
    pstats.Stats(watching, stream=sys.stdout).sort_stats("cumulative").print_stats(70)
    pstats.Stats(watching, stream=sys.stdout).sort_stats("tottime").print_stats(40)


def print_table(result: dict[str, Any]) -> None:
    """One line per kind."""
    print(
        f"{result['teachers']:,} teachers, {result['lessons']:,} lessons; PostgreSQL {result['postgresql']}, Python "
        f"{result['python']}, {result['processors']} processors, load {result['load_average']}, pgbench"
        f" {result['protocol']}"
    )
    for kind in KINDS:
        print(
            f"{kind:<10} {result['per_second'][f'web {kind}']:>8.1f}/s of"
            f" {result['per_second'][f'pgbench {kind}']:>8.1f}/s = {result['ratios'][kind]:.3f}"
            f" (target {result['targets'].get(kind, '-')});"
            f" processor {result['processor_milliseconds'][f'web {kind}']:.1f} ms,"
            f" ratio {result['processor_ratios'][kind]:.3f}; {result['statements'][kind]} statements,"
            f" p99 {result['p99_milliseconds'][kind]} ms"
        )


if __name__ == "__main__":
    main()
