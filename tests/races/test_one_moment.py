"""A price that is shown is of one moment, whatever is recorded while it is made.

Goal: whoever looks at a price while somebody records, withdraws or decides a case of the same teacher gets a price or a
refusal, never an error. Method: the other deed runs on its own connection between the two looks of the first - at the
lesson or case, and at the teacher's history. Negative control: without the teacher's lock the two do not fit together.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from django.db import connections

from makegood.actions import decision_steps as deciding
from makegood.actions import emergency_steps as quoting
from makegood.actions import preview_decision as previewing
from makegood.actions import quote_move as moving
from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.incidents.operations import AlreadyReported
from makegood.domain.lessons.models import Lesson
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.rules.facts import Decision
from makegood.rules.problems import InvalidFacts
from tests.cast import Cast, book, make_cast, report

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 10, 21, 12, tzinfo=UTC)
BEFORE = NOON - timedelta(hours=2)
# How long the first waits for the deed between its looks: less than a lock is waited for where the lock keeps the deed
# back, and until the deed has ended where nothing does.
KEPT_BACK_SECONDS, FREE_SECONDS = 0.5, 60


def look_at_emergency(cast: Cast, lesson: Lesson) -> Any:
    return quote_emergency(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=BEFORE)


def look_while(
    patch: pytest.MonkeyPatch,
    module: ModuleType,
    look: Callable[[], Any],
    deed: Callable[[], Any],
    *,
    patience: float = KEPT_BACK_SECONDS,
) -> Any:
    """Take the first look, let `deed` begin and give it time, and go on; what the look gave, when both have ended."""
    read_timetable = module.get_timetable
    with ThreadPoolExecutor(1) as threads:
        begun: list[Any] = []

        def run() -> Any:
            try:
                return deed()
            finally:
                connections.close_all()

        def read_while_somebody_writes(**values: Any) -> Any:
            if not begun:
                begun.append(threads.submit(run))
                wait(begun, timeout=patience)
            return read_timetable(**values)

        with patch.context() as patched:
            patched.setattr(module, "get_timetable", read_while_somebody_writes)
            seen = look()
        begun[0].result()
        return seen


def test_a_price_is_shown_while_the_same_lesson_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON)

    quote = look_while(
        monkeypatch, quoting, lambda: look_at_emergency(cast, lesson), lambda: report(cast, lesson, now=BEFORE)
    )

    assert quote.get_offer("2").penalty == Money(30, "USD")
    with pytest.raises(AlreadyReported):
        look_at_emergency(cast, lesson)


def test_without_the_lock_the_lesson_is_open_and_its_case_is_in_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON)
    monkeypatch.setattr(quoting, "lock_member", lambda **_: None)

    with pytest.raises(InvalidFacts, match="same start"):
        look_while(
            monkeypatch,
            quoting,
            lambda: look_at_emergency(cast, lesson),
            lambda: report(cast, lesson, now=BEFORE),
            patience=FREE_SECONDS,
        )


@pytest.mark.parametrize(("is_locked", "counted"), [(True, 1), (False, 2)])
def test_moving_a_lesson_is_not_priced_as_its_second_incident(
    *, is_locked: bool, counted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON)
    if not is_locked:
        monkeypatch.setattr(moving, "lock_member", lambda **_: None)

    quote = look_while(
        monkeypatch,
        moving,
        lambda: moving.quote_move(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=BEFORE),
        lambda: report(cast, lesson, now=BEFORE),
        patience=KEPT_BACK_SECONDS if is_locked else FREE_SECONDS,
    )

    assert quote.priced.quote.assessment.counts["month"] == counted


def preview_while_it_is_withdrawn(patch: pytest.MonkeyPatch, *, patience: float) -> Any:
    """A reviewer looks at waiving what the teacher withdraws and reports again."""
    cast = make_cast()
    lesson = book(cast, starts_at=NOON)
    reported = report(cast, lesson, now=BEFORE)

    def withdraw() -> None:
        withdraw_incident(school=cast.school, actor=cast.tara, reference=reported.reference, door=Door.WEB, now=BEFORE)
        report(cast, lesson, now=BEFORE)

    def preview() -> Any:
        return previewing.preview_decision(
            school=cast.school, actor=cast.rhea, reference=reported.reference, decision=Decision.WAIVED, now=BEFORE
        )

    return look_while(patch, deciding, preview, withdraw, patience=patience)


def test_a_decision_is_previewed_while_the_case_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    preview = preview_while_it_is_withdrawn(monkeypatch, patience=KEPT_BACK_SECONDS)

    assert preview.decision is Decision.WAIVED


def test_without_the_lock_a_preview_misses_the_case_it_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "lock_members", lambda **_: None)

    with pytest.raises((deciding.AnotherCaseStands, StopIteration, KeyError)):
        preview_while_it_is_withdrawn(monkeypatch, patience=FREE_SECONDS)
