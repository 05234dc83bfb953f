"""Two at once: exactly one wins. Real connections, real commits; small here, large in the nightly run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg

from tests.guarantees import attacks, world
from tests.guarantees.catalog import Connection
from tests.guarantees.conftest import World

ROUNDS = 8
Deed = Callable[[Connection, int], Any]


def race(raced: World, deeds: list[Deed], *, round_number: int) -> list[str | None]:
    """Run the deeds at once, each in a transaction of its own; return who refused each, None where it succeeded."""
    barrier = Barrier(len(deeds), timeout=20)

    def run(deed: Deed) -> str | None:
        try:
            with psycopg.connect(raced.database.app_dsn) as connection:
                world.set_school(connection, raced.here["school"])
                barrier.wait()
                deed(connection, round_number)
        except psycopg.Error as error:
            return error.diag.constraint_name or error.sqlstate
        return None

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))


def outcomes(raced: World, *deeds: Deed) -> list[list[str | None]]:
    return [
        sorted(race(raced, list(deeds), round_number=number), key=lambda name: name or "") for number in range(ROUNDS)
    ]


def count(raced: World, statement: str) -> int:
    with psycopg.connect(raced.database.auditor_dsn) as connection:
        row = connection.execute(statement.encode()).fetchone()
        connection.rollback()
    assert row is not None
    return int(row[0])


def without(raced: World, *statements: str) -> None:
    with psycopg.connect(raced.database.owner_dsn) as connection:
        for statement in statements:
            connection.execute(statement.encode())


OVERLAPS = """SELECT count(*) FROM makegood_lesson AS one JOIN makegood_lesson AS other
              ON one.school_id = other.school_id AND one.teacher_id = other.teacher_id AND one.id < other.id
                 AND one.blocked && other.blocked
              WHERE one.status = 'booked' AND other.status = 'booked'"""


def check_then_book(raced: World) -> Deed:
    """Book as naive code does: look first, then insert."""

    def book(connection: Connection, round_number: int) -> None:
        starts_at, ends_at = (f"2032-03-{round_number + 1:02}T10:00Z", f"2032-03-{round_number + 1:02}T11:00Z")
        taken = connection.execute(
            "SELECT count(*) FROM makegood_lesson WHERE blocked && tstzrange(%s::timestamptz, %s::timestamptz)",
            [starts_at, ends_at],
        ).fetchone()
        if taken == (0,):
            connection.execute("SELECT pg_sleep(0.02)")
            world.add_lesson(connection, raced.here, starts_at=starts_at, ends_at=ends_at)
        else:
            raise psycopg.errors.ExclusionViolation

    return book


def test_one_slot_is_booked_once(raced: World) -> None:
    book = check_then_book(raced)

    won = [results.count(None) for results in outcomes(raced, book, book, book, book)]

    assert won == [1] * ROUNDS
    assert count(raced, OVERLAPS) == 0


def test_one_slot_is_booked_twice_without_the_constraint(raced: World) -> None:
    without(
        raced,
        "ALTER TABLE makegood_lesson DROP CONSTRAINT a_teacher_has_no_overlapping_live_lessons,"
        " DROP CONSTRAINT a_student_has_no_overlapping_live_lessons",
    )
    book = check_then_book(raced)

    outcomes(raced, book, book)

    assert count(raced, OVERLAPS) > 0


def report_twice(raced: World) -> Deed:
    """Report an incident about a fresh lesson, the same in all transactions of a round."""

    def report(connection: Connection, round_number: int) -> None:
        starts_at = f"2026-10-{round_number + 1:02}T10:00Z"
        lesson = connection.execute("SELECT id FROM makegood_lesson WHERE starts_at = %s", [starts_at]).fetchone()
        assert lesson is not None
        row = world.incident_row(raced.here, lesson=lesson[0], starts_at=starts_at, kind="late")
        world.insert(connection, "incident", **row)
        connection.execute("SELECT pg_sleep(0.02)")

    with psycopg.connect(raced.database.app_dsn) as connection:
        world.set_school(connection, raced.here["school"])
        for number in range(ROUNDS):
            day = f"2026-10-{number + 1:02}"
            world.add_lesson(connection, raced.here, starts_at=f"{day}T10:00Z", ends_at=f"{day}T11:00Z")
    return report


DOUBLES = "SELECT count(*) FROM (SELECT FROM makegood_incident GROUP BY lesson_id HAVING count(*) > 1) AS doubled"


def test_one_lesson_gets_one_live_incident(raced: World) -> None:
    report = report_twice(raced)

    results = outcomes(raced, report, report, report)

    assert results == [[None, "a_lesson_has_one_live_incident", "a_lesson_has_one_live_incident"]] * ROUNDS
    assert count(raced, DOUBLES) == 0


def test_one_lesson_gets_two_incidents_without_the_trigger(raced: World) -> None:
    without(raced, "ALTER TABLE makegood_incident DISABLE TRIGGER a_lesson_has_one_live_incident")
    report = report_twice(raced)

    outcomes(raced, report, report)

    assert count(raced, DOUBLES) > 0


def close_and_post(raced: World) -> list[Deed]:
    """Close the open pay period while a penalty is being posted into it."""

    def close(connection: Connection, _round: int) -> None:
        # First the lock, then the clock, as the product does: whoever we wait for was earlier.
        connection.execute("SELECT FROM makegood_payperiod WHERE closed_at IS NULL FOR UPDATE")
        connection.execute("UPDATE makegood_payperiod SET closed_at = clock_timestamp() WHERE closed_at IS NULL")

    def post(connection: Connection, _round: int) -> None:
        world.insert(connection, "transfer", **world.penalty_row(raced.here, assessment=raced.here["later_assessment"]))
        connection.execute("SELECT pg_sleep(0.3)")

    return [post, close]


LATE_POSTINGS = """SELECT count(*) FROM makegood_transfer AS posting JOIN makegood_payperiod AS period
                   ON (period.school_id, period.id) = (posting.school_id, posting.period_id)
                   WHERE posting.recorded_at > period.closed_at"""


def test_a_posting_never_slips_past_the_close(raced: World) -> None:
    race(raced, close_and_post(raced), round_number=0)

    assert count(raced, LATE_POSTINGS) == 0


def test_a_posting_waits_for_the_close_and_is_refused(raced: World) -> None:
    row = world.penalty_row(raced.here, assessment=raced.here["later_assessment"])
    with psycopg.connect(raced.database.app_dsn) as closing, psycopg.connect(raced.database.app_dsn) as posting:
        for connection in (closing, posting):
            world.set_school(connection, raced.here["school"])
        closing.execute("UPDATE makegood_payperiod SET closed_at = clock_timestamp() WHERE closed_at IS NULL")
        with ThreadPoolExecutor(1) as threads:
            posted = threads.submit(world.insert, posting, "transfer", **row)
            wait_until_it_waits(raced)
            closing.commit()
            refusal = posted.exception()
        posting.rollback()

    assert isinstance(refusal, psycopg.errors.CheckViolation)
    assert refusal.diag.constraint_name == "closed_periods_take_no_postings"


def test_a_posting_slips_past_the_close_without_the_lock(raced: World) -> None:
    # The same trigger without FOR SHARE: it reads the period as it was before the close committed.
    with psycopg.connect(raced.database.owner_dsn) as connection:
        body = connection.execute("SELECT pg_get_functiondef('makegood_check_period_is_open'::regproc)").fetchone()
        assert body is not None
        connection.execute(body[0].replace(" FOR SHARE", "").encode())
    row = world.penalty_row(raced.here, assessment=raced.here["later_assessment"])
    with psycopg.connect(raced.database.app_dsn) as closing, psycopg.connect(raced.database.app_dsn) as posting:
        for connection in (closing, posting):
            world.set_school(connection, raced.here["school"])
        closing.execute("UPDATE makegood_payperiod SET closed_at = clock_timestamp() WHERE closed_at IS NULL")
        world.insert(posting, "transfer", **row)
        closing.commit()

    assert count(raced, LATE_POSTINGS) == 1


def wait_until_it_waits(raced: World) -> None:
    """Return as soon as some session of the database waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(raced.database.superuser_dsn, dbname=raced.database.name, autocommit=True) as connection:
        for _attempt in range(200):
            if connection.execute(waiting.encode()).fetchone() != (0,):
                return
            connection.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("nobody waited for a lock within four seconds")


def test_a_lesson_changes_once_per_version(raced: World) -> None:
    # However busy the machine is, both know the version before either takes its step.
    both_have_read = Barrier(2)

    def take_a_step(connection: Connection, _round: int) -> None:
        version = connection.execute(
            "SELECT version FROM makegood_lesson WHERE id = %s", [raced.here["booked_lesson"]]
        ).fetchone()
        assert version is not None
        both_have_read.wait(timeout=60)
        connection.execute(
            "UPDATE makegood_lesson SET title = 'x', version = %s WHERE id = %s",
            [version[0] + 1, raced.here["booked_lesson"]],
        )

    assert outcomes(raced, take_a_step, take_a_step) == [[None, "lessons_take_only_allowed_steps"]] * ROUNDS


def test_decisions_at_once_keep_their_numbers(raced: World) -> None:
    def decide(connection: Connection, round_number: int) -> None:
        decision = attacks.decision_row(raced.here, number=round_number + 2)
        world.insert(connection, "incidentdecision", **decision)
        connection.execute("SELECT pg_sleep(0.02)")

    assert [results.count(None) for results in outcomes(raced, decide, decide)] == [1] * ROUNDS
