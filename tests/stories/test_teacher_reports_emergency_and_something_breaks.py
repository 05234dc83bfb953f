"""Whatever breaks in the middle, all of the emergency is there or none of it; races have one winner."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from makegood.actions.decide_incident import FactsChanged, decide_incident
from makegood.actions.emergency_steps import EmergencyQuote
from makegood.actions.preview_decision import preview_decision
from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.report_emergency import EmergencyReported, PriceChanged, report_emergency
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import AlreadyReported
from makegood.domain.ledger.models import Transfer
from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.models import Message
from makegood.domain.penalties.models import Assessment
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event, IdempotencyKey
from makegood.domain.timeline.requests import DifferentRequest
from makegood.quantities import Money
from makegood.refusal import Refusal
from makegood.rules.facts import Decision
from tests.cast import Cast, add_member, book, make_cast, report

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
BEFORE = NOON - timedelta(hours=2)


class Killed(RuntimeError):
    """The process dies after a statement; nothing after it runs, and nothing is committed."""


class KillAfter:
    """Counts statements and dies after the given one."""

    def __init__(self, statement: int) -> None:
        self.left = statement

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        self.left -= 1
        if self.left == 0:
            raise Killed(sql[:80])
        return result


def send(
    cast: Cast, lesson: Lesson, quote: EmergencyQuote, request_id: uuid.UUID, now: datetime = BEFORE
) -> EmergencyReported:
    return report_emergency(
        school=cast.school,
        actor=cast.tara,
        lesson_id=lesson.pk,
        situation=2,
        lesson_begun=False,
        reason="",
        note="",
        quote_token=quote.token,
        request_id=request_id,
        door=Door.WEB,
        now=now,
    )


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        count: int = cursor.fetchone()[0]
    return count


def traces(cast: Cast, lesson: Lesson) -> tuple[Any, ...]:
    """Everything an emergency leaves behind."""
    with in_school(cast.school.pk):
        rows = (Incident, Assessment, Transfer, Message, Event, IdempotencyKey)
        counts = tuple(row.objects.filter(school=cast.school).count() for row in rows)
        return (Lesson.objects.get(pk=lesson.pk).status, *counts, jobs())


@pytest.mark.django_db
def test_a_kill_after_any_statement_leaves_nothing_and_the_retry_leaves_all() -> None:
    cast = make_cast()
    report(cast, book(cast, starts_at=NOON - timedelta(days=1)), now=NOON - timedelta(days=1, hours=2))
    lesson = book(cast, starts_at=NOON)
    quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=BEFORE)
    request_id = uuid.uuid4()
    untouched = traces(cast, lesson)

    statement = 0
    killed_at_commit = False
    while not killed_at_commit:
        statement += 1
        with connection.execute_wrapper(KillAfter(statement)), pytest.raises(Killed) as killed:
            send(cast, lesson, quote, request_id)
        # Inside the test's own transaction the last statement of the action, its commit, is the release of a savepoint.
        killed_at_commit = traces(cast, lesson) != untouched
        assert not killed_at_commit or str(killed.value).startswith("RELEASE SAVEPOINT")

    assert statement > 20
    assert traces(cast, lesson) == ("cancelled", 2, 3, 4, 12, 3, 2, 6)
    assert send(cast, lesson, quote, request_id).is_replay


@pytest.mark.django_db
def test_a_refused_quote_leaves_nothing_but_the_new_quote() -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON)
    quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=BEFORE)
    untouched = traces(cast, lesson)

    with pytest.raises(PriceChanged) as refused:
        send(cast, lesson, quote, uuid.uuid4(), now=NOON - timedelta(minutes=59))

    assert traces(cast, lesson) == untouched
    accepted = send(cast, lesson, refused.value.quote, uuid.uuid4(), now=NOON - timedelta(minutes=58))
    assert accepted.penalty == Money(100, "USD")


@pytest.mark.django_db(transaction=True)
def test_a_lost_deadlock_runs_the_whole_report_again() -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON)
    quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=BEFORE)
    losses = [1, 2]

    class DeadlockDetected(Exception):
        sqlstate = "40P01"

    def lose(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('INSERT INTO "makegood_event"') and losses:
            losses.pop()
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(lose):
        reported = send(cast, lesson, quote, uuid.uuid4())

    assert (losses, reported.is_replay) == ([], False)
    assert traces(cast, lesson) == ("cancelled", 1, 1, 1, 6, 2, 1, 3)


def run_side_by_side(*works: Callable[[], Any]) -> list[Any]:
    """Run each work on its own connection, started together; a Refusal is its result."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[place] = work()
        except Refusal as refusal:
            results[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.mark.django_db(transaction=True)
def test_races_have_one_winner_and_no_charge_differs_from_its_quote() -> None:
    cast = make_cast()
    for day in range(4):
        starts_at = NOON - timedelta(days=7 * day)
        before = starts_at - timedelta(hours=2)
        one = book(cast, starts_at=starts_at)
        other = book(cast, starts_at=starts_at + timedelta(hours=2))
        quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=one.pk, now=before)
        other_quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=other.pk, now=before)
        request_id = uuid.uuid4()

        results = run_side_by_side(
            lambda: send(cast, one, quote, request_id, before),  # noqa: B023 - run within the round
            lambda: send(cast, one, quote, request_id, before),  # noqa: B023
            lambda: send(cast, one, quote, uuid.uuid4(), before),  # noqa: B023
            lambda: send(cast, other, other_quote, uuid.uuid4(), before),  # noqa: B023
        )

        kinds = [type(result).__name__ for result in results]
        assert None not in results
        assert set(kinds) <= {"EmergencyReported", "AlreadyReported", "PriceChanged"}, kinds
        with in_school(cast.school.pk):
            for lesson in (one, other):
                assert Incident.objects.filter(lesson=lesson).count() <= 1
        reported = [result for result in results if isinstance(result, EmergencyReported)]
        assert len({result.reference for result in reported}) in {1, 2}
    with in_school(cast.school.pk):
        live = {row.incident_id: row for row in Assessment.objects.order_by("number")}
        posted = {
            transfer.source: transfer.amount_minor
            for transfer in Transfer.objects.filter(kind="penalty").exclude(
                pk__in=Transfer.objects.exclude(reverses=None).values("reverses_id")
            )
        }
        assert posted == {row.pk: row.penalty_minor for row in live.values()}


@pytest.mark.django_db(transaction=True)
def test_a_report_and_a_decision_at_once_never_decide_on_facts_nobody_saw() -> None:
    cast = make_cast()
    first = report(cast, book(cast, starts_at=NOON - timedelta(days=1)), now=BEFORE - timedelta(days=1))
    lesson = book(cast, starts_at=NOON)
    quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=BEFORE)
    preview = preview_decision(
        school=cast.school, actor=cast.rhea, reference=first.reference, decision=Decision.WAIVED, now=BEFORE
    )

    results = run_side_by_side(
        lambda: send(cast, lesson, quote, uuid.uuid4()),
        lambda: decide_incident(
            school=cast.school,
            actor=cast.rhea,
            reference=first.reference,
            decision=Decision.WAIVED,
            reason="The letter is genuine.",
            seen=preview.seen,
            is_exception=True,
            request_id=uuid.uuid4(),
            door=Door.WEB,
            now=BEFORE,
        ),
    )

    names = [type(result).__name__ for result in results]
    assert names in (["EmergencyReported", "FactsChanged"], ["EmergencyReported", "IncidentDecided"])
    assert not isinstance(results[0], AlreadyReported)
    assert isinstance(results[1], FactsChanged) or results[1].decision is Decision.WAIVED


@pytest.mark.django_db
def test_a_form_id_that_somebody_else_used_is_refused_and_records_nothing() -> None:
    cast = make_cast()
    first = uuid.uuid4()
    report(cast, book(cast, starts_at=NOON), now=BEFORE, request_id=first)
    lesson = book(cast, starts_at=NOON + timedelta(days=1), teacher=cast.tom)
    nothing = traces(cast, lesson)

    with pytest.raises(DifferentRequest):
        report(cast, lesson, now=BEFORE, actor=cast.tom, request_id=first)

    assert traces(cast, lesson)[1:] == nothing[1:]


@pytest.mark.django_db
def test_a_decision_under_a_form_id_that_somebody_else_used_is_refused() -> None:
    cast = make_cast()
    with in_school(cast.school.pk):
        rory = add_member(cast.school, code="rory", name="Rory Reviews", role=Role.REVIEWER, zone="UTC")
    cases = [report(cast, book(cast, starts_at=NOON + timedelta(days=day)), now=BEFORE) for day in range(2)]
    request_id = uuid.uuid4()

    def decide(actor: Membership, reference: str) -> None:
        preview = preview_decision(
            school=cast.school, actor=actor, reference=reference, decision=Decision.UPHELD, now=BEFORE
        )
        decide_incident(
            school=cast.school,
            actor=actor,
            reference=reference,
            decision=Decision.UPHELD,
            reason="No proof came.",
            seen=preview.seen,
            is_exception=True,
            request_id=request_id,
            door=Door.WEB,
            now=BEFORE,
        )

    decide(cast.rhea, cases[0].reference)

    with pytest.raises(DifferentRequest):
        decide(rory, cases[1].reference)
