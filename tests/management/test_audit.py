"""The auditor: silent about books the product kept, loud about every kind of damage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from pytest_django import DjangoDbBlocker

from makegood import clock
from makegood.management.audit import checks
from makegood.management.audit.checks import Blind, Checked, list_checks, run_checks
from tests import databases
from tests.databases import TestDatabase
from tests.management.damages import DAMAGES
from tests.management.histories import BREAK_AFTER, LESSON_AFTER, write_two_schools

TEACHERS = 12


@dataclass(frozen=True, kw_only=True)
class Books:
    """A committed database of two schools, one fines, one does not; and its copy without any guarantee of rows."""

    database: TestDatabase
    bare: TestDatabase
    fined: int
    trusted: int


@pytest.fixture(scope="module")
def books(
    database: TestDatabase, database_template: TestDatabase, django_db_blocker: DjangoDbBlocker
) -> Iterator[Books]:
    clone = databases.clone(database_template, name=f"{database_template.name}_audited")
    with django_db_blocker.unblock():
        databases.point_django_at(default=clone.app_dsn, auditor=clone.auditor_dsn)
        fined, trusted = write_two_schools(seed=20261122, teachers=TEACHERS)
        databases.point_django_at(default=database.app_dsn, auditor=database.auditor_dsn)
    bare = databases.clone(clone, name=f"{clone.name}_bare")
    take_guarantees_away(bare)
    yield Books(database=clone, bare=bare, fined=fined, trusted=trusted)
    with psycopg.connect(clone.superuser_dsn, autocommit=True) as connection:
        databases.drop(connection, name=bare.name)
        databases.drop(connection, name=clone.name)


def take_guarantees_away(bare: TestDatabase) -> None:
    """Switch off every trigger and drop every constraint that would refuse damage."""
    with psycopg.connect(bare.owner_dsn) as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE makegood_{table} DISABLE TRIGGER USER".encode())
        for (statement,) in owner.execute(DROPPING).fetchall():
            owner.execute(statement)
    with psycopg.connect(bare.owner_dsn, autocommit=True) as owner:
        owner.execute("ANALYZE")


def find_after(books: Books, check: str, *damage: str, school: int | None = None) -> tuple[str, ...]:
    """Plant damage as the owner where nothing guards the rows, ask one check, and undo it."""
    (file,) = [file for file in list_checks() if checks.name_of(file) == check]
    with psycopg.connect(books.bare.owner_dsn) as connection:
        connection.execute("SELECT set_config('makegood.school_id', %s, true)", [str(school or books.fined)])
        for statement in damage:
            planted = connection.execute(statement.encode())
            assert planted.rowcount != 0, f"this planted nothing: {statement}"
        found = checks.run_check(connection.cursor(), file, now=clock.now())
        connection.rollback()
    return found.findings


TABLES = (
    "lesson", "lessonmove", "moverequest", "moveanswer", "incident", "incidentdecision", "incidentwithdrawal",
    "assessment", "consequence", "consequenceend", "transfer", "account", "payperiod", "policyversion", "event",
    "message", "deliveryattempt", "membership", "heartbeat", "downtime",
    "freshnesswarning", "matchingpause", "matchingpauselift", "creditgrant", "creditcorrection", "creditexpiry",
)  # fmt: skip
DROPPING = """SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I CASCADE', conrelid::regclass, conname)
              FROM pg_constraint WHERE conrelid::regclass::text LIKE 'makegood\\_%%' AND contype IN ('c', 'x', 'u', 'f')
                AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = conrelid) ORDER BY contype""".replace(
    "%%", "%"
)


# Every taught lesson once more, begun some minutes later.
AGAIN = """INSERT INTO makegood_lesson (school_id, teacher_id, starts_at, ends_at, blocked, status, lesson_type, title,
                                        join_link, version, taught_minutes)
           SELECT school_id, teacher_id, starts_at + interval '{minutes} minutes',
                  ends_at + interval '{minutes} minutes', blocked, status, lesson_type, title, join_link, 1,
                  taught_minutes
           FROM makegood_lesson WHERE status IN ('taught', 'missed')"""
WITH_STUDENTS = "UPDATE makegood_lesson SET student_id = teacher_id"


def audit(books: Books) -> list[Checked]:
    with psycopg.connect(books.database.auditor_dsn) as connection:
        checked = list(run_checks(connection.cursor(), now=clock.now()))
        connection.rollback()
    return checked


def test_audit_finds_nothing_in_books_the_product_kept(books: Books) -> None:
    assert [(checked.name, checked.findings) for checked in audit(books) if checked.findings] == []


def test_audit_looks_at_rows_in_every_check(books: Books) -> None:
    checked = audit(books)

    assert len(checked) == len(list_checks()) == 25
    assert [found.name for found in checked if found.rows == 0] == []


@pytest.mark.parametrize(
    ("before", "minutes", "is_found"),
    [
        (WITH_STUDENTS, 0, True),
        (WITH_STUDENTS, 10, True),
        # It ended early, and left time for another.
        (f"{WITH_STUDENTS}, taught_minutes = 10", 10, False),
        # Nobody says that the teacher was there.
        (f"{WITH_STUDENTS}, status = 'missed'", 0, False),
        # A file told of it.
        ("UPDATE makegood_lesson SET taught_minutes = 50", 0, False),
    ],
)
def test_audit_finds_a_teacher_in_two_lessons_at_once(
    books: Books, before: str, minutes: int, *, is_found: bool
) -> None:
    taught = " WHERE status = 'taught'"
    found = find_after(books, "what was taught fits the clock", before + taught, AGAIN.format(minutes=minutes))

    assert (found != ()) is is_found


@pytest.mark.parametrize(("early", "is_found"), [(0, False), (1, True)])
def test_a_student_may_go_from_one_teacher_to_the_next(books: Books, early: int, *, is_found: bool) -> None:
    found = find_after(books, "lessons do not overlap", BREAK_AFTER, LESSON_AFTER.format(early=early))

    assert (found != ()) is is_found


def test_histories_touch_what_the_audit_computes_anew(books: Books) -> None:
    with psycopg.connect(books.database.auditor_dsn) as connection:
        kinds = connection.execute("SELECT DISTINCT kind FROM makegood_consequence ORDER BY 1").fetchall()
        superseded = connection.execute("SELECT count(*) > 10 FROM makegood_transfer WHERE reverses_id > 0").fetchone()
        charged = connection.execute("SELECT count(DISTINCT penalty_minor) > 8 FROM makegood_assessment").fetchone()
        connection.rollback()

    assert [kind for (kind,) in kinds] == [
        "deprioritize", "hold_schedule", "pause_account", "rematch_student", "review_for_termination",
    ]  # fmt: skip
    assert (superseded, charged) == ((True,), (True,))


@pytest.mark.parametrize(("check", "damage"), DAMAGES)
def test_audit_finds_damage(books: Books, check: str, damage: str) -> None:
    assert find_after(books, check, damage) != ()


@pytest.mark.parametrize("row", ["membership", "rolegrant"])
def test_who_had_left_need_not_have_been_told(books: Books, row: str) -> None:
    untold = ("both sides were told", "DELETE FROM makegood_message", f"UPDATE makegood_{row} SET ended_at = ")
    assert find_after(books, *untold[:2], untold[2] + "'2036-01-02'") != ()
    assert find_after(books, *untold[:2], untold[2] + "'2026-01-02'") == ()


@pytest.mark.parametrize(
    ("check", "damage"),
    [
        ("no money under talaera", "UPDATE makegood_assessment SET penalty_minor = 1, currency = 'USD'"),
        ("no money under talaera", "UPDATE makegood_assessment SET counts = '{\"six_months\": 99}'"),
        ("no money under talaera", "UPDATE makegood_incident SET requested_by = 'student'"),
        ("consequences have their cause", "DELETE FROM makegood_consequence WHERE kind = 'deprioritize'"),
        ("consequences have their cause", "DELETE FROM makegood_consequence WHERE kind = 'rematch_student'"),
        ("consequences have their cause", "DELETE FROM makegood_consequence WHERE kind = 'review_for_termination'"),
        ("consequences have their cause", "DELETE FROM makegood_consequenceend"),
    ],
)  # fmt: skip
def test_audit_finds_damage_where_nothing_costs_money(books: Books, check: str, damage: str) -> None:
    assert find_after(books, check, damage, school=books.trusted) != ()


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TRIGGER transfers_are_written_once ON makegood_transfer",
        "ALTER TABLE makegood_incident DISABLE TRIGGER incidents_are_written_once",
        "ALTER TABLE makegood_lesson DROP CONSTRAINT a_student_has_no_overlapping_live_lessons",
    ],
)
def test_audit_finds_a_missing_guarantee(books: Books, damage: str) -> None:
    with psycopg.connect(books.database.owner_dsn) as connection:
        connection.execute("SELECT set_config('makegood.school_id', %s, true)", [str(books.fined)])
        connection.execute(damage.encode())
        found = {checked.name: len(checked.findings) for checked in run_checks(connection.cursor(), now=clock.now())}
        connection.rollback()

    assert {name for name, findings in found.items() if findings} == {"triggers are on"}


@pytest.mark.parametrize("school", ["fined", "trusted"])
def test_undamaged_books_without_guarantees_have_no_findings(books: Books, school: str) -> None:
    # What the damage tests switch off is a finding of one check only, so what the others find is the damage.
    with psycopg.connect(books.bare.owner_dsn) as connection:
        connection.execute("SELECT set_config('makegood.school_id', %s, true)", [str(getattr(books, school))])
        found = {checked.name: checked.findings for checked in run_checks(connection.cursor(), now=clock.now())}
        connection.rollback()

    assert {name for name, findings in found.items() if findings} == {"triggers are on"}


def test_audit_with_a_login_that_sees_nothing_fails(books: Books) -> None:
    with psycopg.connect(books.database.app_dsn) as connection, pytest.raises(Blind, match="DATABASE_AUDIT_URL"):
        list(run_checks(connection.cursor(), now=clock.now()))


def test_audit_of_an_empty_database_fails(fresh_database: TestDatabase) -> None:
    with psycopg.connect(fresh_database.auditor_dsn) as connection, pytest.raises(Blind, match="no school"):
        list(run_checks(connection.cursor(), now=clock.now()))


def test_own_documents_are_told_apart(books: Books) -> None:
    with psycopg.connect(books.database.owner_dsn) as connection:
        connection.execute("SELECT set_config('makegood.school_id', %s, true)", [str(books.fined)])
        before = checks.count_own_documents(connection.cursor())
        connection.execute("ALTER TABLE makegood_policyversion DISABLE TRIGGER USER")
        connection.execute("UPDATE makegood_policyversion SET document_sha256 = %s", ["0" * 64])
        after = checks.count_own_documents(connection.cursor())
        connection.rollback()

    assert (before, after) == (0, 1)


@pytest.fixture
def audited_by_the_command(
    books: Books, database: TestDatabase, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock():
        databases.point_django_at(default=books.database.app_dsn, auditor=books.database.auditor_dsn)
        yield {"books": books}
        connections.close_all()
        databases.point_django_at(default=database.app_dsn, auditor=database.auditor_dsn)


def test_command_prints_a_line_per_check_and_succeeds(audited_by_the_command: dict[str, Any]) -> None:
    output = StringIO()

    call_command("audit", stdout=output)

    lines = output.getvalue().splitlines()
    assert (len(lines), [line for line in lines if not line.endswith(" 0 findings")]) == (len(list_checks()), [])


def test_command_says_what_it_did_not_check_of_demo_schools(
    audited_by_the_command: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("makegood.management.commands.audit.count_demo_schools", lambda _cursor: 2)
    output = StringIO()

    call_command("audit", stdout=output)

    assert output.getvalue().splitlines()[-1] == (
        "2 schools are the demo's: their past was written without messages, so whether their emergencies were told "
        "was not checked."
    )


def test_command_fails_and_lists_the_first_findings(
    audited_by_the_command: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Checked(
        name="lessons do not overlap", rows=1, findings=tuple(f"school 1: {number}" for number in range(25))
    )
    monkeypatch.setattr("makegood.management.commands.audit.run_checks", lambda _cursor, **_when: iter([found]))

    with pytest.raises(
        CommandError, match=r"25 findings:\nlessons do not overlap: school 1: 0\n(.|\n)*\.\.\. and 5 more"
    ):
        call_command("audit", stdout=StringIO())


def test_command_stops_at_its_limit_and_says_how_to_lift_it(audited_by_the_command: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="With --statement-limit it may take longer"):
        call_command("audit", "--statement-limit", "1ms", stdout=StringIO())

    with connections["auditor"].cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("10min",)
    with pytest.raises(CommandError, match="is not a time"):
        call_command("audit", "--statement-limit", "soon", stdout=StringIO())
