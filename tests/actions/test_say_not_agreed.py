"""The student objects: each cancellation and each move on its own, in whatever order, and somebody else looks at it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from makegood.actions.cancel_for_student import cancel_for_student
from makegood.actions.end_desk_case import OwnMove, end_desk_case
from makegood.actions.say_not_asked import say_not_asked
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import DeskCase, Lesson
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import LONG_AGO, Cast, book, make_cast
from tests.moves import FRIDAY, NOW, THURSDAY, WEDNESDAY, events_of, open_mornings, told
from tests.objections import deny, moved_by_desk

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def cancel(cast: Cast, lesson: Lesson, *, now: datetime = NOW) -> Incident:
    """Tara cancels for Sam."""
    cancel_for_student(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, asked="email", note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=now,
    )  # fmt: skip
    with in_school(cast.school.pk):
        return Incident.objects.latest("pk")


def object_to(cast: Cast, incident: Incident, *, now: datetime = NOW) -> bool:
    said = say_not_asked(
        school=cast.school, incident_id=incident.pk, note="", request_id=uuid.uuid4(), door=Door.WEB, now=now
    )
    return said.is_replay


def open_cases(cast: Cast) -> list[tuple[str, int | None, int | None]]:
    """Kind, incident and move of each open case."""
    with in_school(cast.school.pk):
        cases = DeskCase.objects.filter(ended_at=None).order_by("pk")
        return list(cases.values_list("kind", "incident_id", "move_id"))


def end(cast: Cast, actor: Membership) -> None:
    with in_school(cast.school.pk):
        case = DeskCase.objects.get()
    end_desk_case(
        school=cast.school, actor=actor, case_id=case.pk, outcome="settled", reason="I asked both", seen="",
        request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip


def test_a_cancellation_after_a_move_is_objected_to_on_its_own(cast: Cast, lesson: Lesson) -> None:
    made = moved_by_desk(cast, lesson, THURSDAY, now=NOW)
    deny(cast, made, now=NOW)
    incident = cancel(cast, lesson)

    assert not object_to(cast, incident)

    assert object_to(cast, incident)
    assert open_cases(cast) == [("not_agreed", None, made.pk), ("not_asked", incident.pk, None)]


def test_a_move_is_objected_to_after_the_cancellation_that_followed_it(cast: Cast, lesson: Lesson) -> None:
    made = moved_by_desk(cast, lesson, THURSDAY, now=NOW)
    incident = cancel(cast, lesson)
    object_to(cast, incident)

    assert not deny(cast, made, now=NOW)

    assert deny(cast, made, now=NOW)
    assert open_cases(cast) == [("not_asked", incident.pk, None), ("not_agreed", None, made.pk)]


def test_another_move_is_objected_to_while_the_first_objection_waits(cast: Cast, lesson: Lesson) -> None:
    first = moved_by_desk(cast, lesson, THURSDAY, now=NOW)
    deny(cast, first, now=NOW)
    second = moved_by_desk(cast, lesson, FRIDAY, now=NOW + MINUTE)
    told_before = told(cast).count(("desi", "move_not_agreed"))

    assert not deny(cast, second, now=NOW + MINUTE)

    assert deny(cast, second, now=NOW + 2 * MINUTE)
    assert open_cases(cast) == [("not_agreed", None, first.pk), ("not_agreed", None, second.pk)]
    assert told(cast).count(("desi", "move_not_agreed")) == told_before + 1
    assert events_of(cast, lesson).count("not_agreed") == 2


def test_the_same_move_made_again_is_objected_to_again(cast: Cast, lesson: Lesson) -> None:
    first = moved_by_desk(cast, lesson, THURSDAY, now=NOW)
    deny(cast, first, now=NOW)
    undo_reschedule(school=cast.school, actor=cast.desi, lesson_id=lesson.pk, door=Door.WEB, now=NOW + MINUTE)
    again = moved_by_desk(cast, lesson, THURSDAY, now=NOW + 2 * MINUTE)

    assert not deny(cast, again, note="Once more", now=NOW + 2 * MINUTE)

    assert deny(cast, again, now=NOW + 3 * MINUTE)
    assert open_cases(cast) == [("not_agreed", None, first.pk), ("not_agreed", None, again.pk)]
    with in_school(cast.school.pk):
        assert DeskCase.objects.get(move=again).note == "Once more"


def test_a_cancellation_after_two_moves_has_a_claim_of_its_own(cast: Cast, lesson: Lesson) -> None:
    for minutes, to in enumerate((THURSDAY, FRIDAY)):
        now = NOW + minutes * MINUTE
        deny(cast, moved_by_desk(cast, lesson, to, now=now), now=now)
    incident = cancel(cast, lesson, now=NOW + 2 * MINUTE)

    object_to(cast, incident, now=NOW + 2 * MINUTE)

    with in_school(cast.school.pk):
        claim = DeskCase.objects.select_related("claim").get(incident=incident).claim
        assert claim is not None
        assert (claim.kind, claim.about_starts_at) == ("not_asked", FRIDAY)


def test_who_moved_it_does_not_end_the_objection_where_somebody_else_can(cast: Cast, lesson: Lesson) -> None:
    deny(cast, moved_by_desk(cast, lesson, THURSDAY, now=NOW), now=NOW)
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=cast.rhea, role=Role.DESK, granted_at=LONG_AGO)

    with pytest.raises(OwnMove):
        end(cast, cast.desi)

    assert len(open_cases(cast)) == 1
    end(cast, cast.rhea)
    assert not open_cases(cast)


def test_who_moved_it_ends_the_objection_where_nobody_else_can(cast: Cast, lesson: Lesson) -> None:
    deny(cast, moved_by_desk(cast, lesson, THURSDAY, now=NOW), now=NOW)
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=cast.tara, role=Role.DESK, granted_at=LONG_AGO)

    end(cast, cast.desi)

    assert not open_cases(cast)
