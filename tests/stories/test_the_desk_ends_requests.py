"""The desk ends what people ask of it: an objection of a student, a problem in a lesson."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.correction_steps import NothingToCorrect
from makegood.actions.decide_incident import decide_incident
from makegood.actions.decision_steps import AnotherCaseStands
from makegood.actions.end_desk_case import (
    DeskCaseEnded,
    EffectsChanged,
    NoEndingReason,
    OutcomeDoesNotFit,
    OwnRequest,
)
from makegood.actions.preview_decision import preview_decision
from makegood.domain.incidents.models import Incident, IncidentDecision
from makegood.domain.lessons.desk_cases import DeskCaseNotFound
from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.penalties.models import Assessment
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.rules.facts import Decision
from tests.cast import LONG_AGO, Cast, add_member, book, make_cast, report
from tests.objections import DAY, HOUR, NOON, end, object_to, objected, preview_of, with_problem
from tests.stories.test_student_wants_a_lesson_cancelled import credits_left, status_of, with_credits
from tests.stories.test_teacher_reports_emergency_and_something_breaks import run_side_by_side

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def texts_to(cast: Cast, member: Membership, kind: str) -> str:
    with in_school(cast.school.pk):
        message = Message.objects.select_related("recipient__person", "school").get(
            recipient=member, kind=kind, channel="in_app"
        )
        return render(message).body


def on_record(cast: Cast, lesson: Lesson) -> list[tuple[str, datetime | None, str | None]]:
    """Who each incident is answered for by, when it was reported, and what was decided."""
    with in_school(cast.school.pk):
        found = Incident.objects.filter(lesson=lesson).order_by("pk")
        decided = dict(IncidentDecision.objects.values_list("incident_id", "decision"))
        return [(one.requested_by, one.reported_at, decided.get(one.pk)) for one in found]


def penalty_of(cast: Cast, reference: str) -> int:
    with in_school(cast.school.pk):
        return Assessment.objects.filter(incident__reference=reference).latest("number").penalty_minor


# --- an objection


def test_an_accepted_objection_counts_for_the_teacher_from_the_first_report_at_the_price_shown(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    case = objected(cast, lesson)
    preview = preview_of(cast, case)

    ended = end(cast, case, "accepted")

    assert on_record(cast, lesson) == [("student", NOON, "voided"), ("teacher", NOON, None)]
    assert status_of(cast, lesson) == "cancelled"
    assert preview.own.after is not None
    assert (penalty_of(cast, ended.reference), preview.own.after.amount_minor) == (30, 30)
    assert "It is now recorded as cancelled by you" in texts_to(cast, cast.tara, "not_asked_accepted_teacher")
    assert "The penalty is US$0.30." in texts_to(cast, cast.tara, "not_asked_accepted_teacher")
    assert "you did not ask for it. It costs you nothing." in texts_to(cast, cast.sam, "not_asked_accepted")
    assert "I asked both by phone." in texts_to(cast, cast.sam, "not_asked_accepted")
    with in_school(cast.school.pk):
        case.refresh_from_db()
        events = list(Event.objects.filter(lesson_id=lesson.pk, at=NOON + 2 * HOUR).order_by("pk"))
    assert (case.outcome, case.ended_by_id) == ("accepted", cast.desi.person_id)
    assert [event.kind for event in events] == ["cancellation_corrected", "cancellation_corrected", "desk_case_ended"]


def test_an_accepted_objection_prices_the_teachers_other_cases_again(cast: Cast) -> None:
    for days in (3, 10, 17):
        report(cast, book(cast, starts_at=NOON - timedelta(days=days)), now=NOON - timedelta(days=days, hours=3))
    case = objected(cast, book(cast, starts_at=NOON + 2 * DAY))
    preview = preview_of(cast, case)

    ended = end(cast, case, "accepted")

    with in_school(cast.school.pk):
        references = Incident.objects.exclude(reference=ended.reference).values_list("reference", flat=True)
        changed = {one: penalty_of(cast, one) for one in references} | {
            ended.reference: penalty_of(cast, ended.reference)
        }
    assert sum(changed.values()) == 400
    assert preview.own.after is not None
    assert [preview.own.after.amount_minor, *(other.after.amount_minor for other in preview.others if other.after)] == [
        100
    ] * 4
    assert "your other penalties go up by US$2.10" in texts_to(cast, cast.tara, "not_asked_accepted_teacher")


def test_a_rejected_objection_leaves_everything_as_it_was_and_both_hear_why(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    case = objected(cast, lesson)

    end(cast, case, "rejected")

    assert on_record(cast, lesson) == [("student", NOON, None)]
    for member in (cast.sam, cast.tara):
        said = texts_to(cast, member, "desk_case_ended")
        assert "What came of it: it stays as it was recorded." in said
        assert "The reason given: I asked both by phone." in said


def test_a_late_cancellation_that_the_student_did_not_make_gives_credit_and_pay_back(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 5 * HOUR)
    with_credits(cast, lesson, bought=1)
    cancel_by_student(
        school=cast.school,
        actor=cast.sam,
        lesson_id=lesson.pk,
        shown_as_free=False,
        note="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOON,
    )
    case = object_to(cast, lesson, now=NOON + HOUR)
    preview, before = preview_of(cast, case), credits_left(cast)

    end(cast, case, "accepted")

    assert (preview.gives_credits_back, preview.pay_taken_back is not None) == (True, True)
    assert (before, credits_left(cast)) == (0, 1)


def test_a_second_tap_and_a_second_person_change_nothing(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    case = objected(cast, lesson)
    with in_school(cast.school.pk):
        dora = add_member(cast.school, code="dora", name="Dora Desk", role=Role.DESK, zone="Asia/Manila")
    form, seen = uuid.uuid4(), preview_of(cast, case).seen

    first = end(cast, case, "accepted", request_id=form, seen=seen)
    second = end(cast, case, "accepted", request_id=form, seen=seen)
    with pytest.raises(DeskCaseNotFound):
        end(cast, case, "accepted", actor=dora, seen=seen)
    with pytest.raises(DeskCaseNotFound):
        end(cast, case, "rejected", actor=dora)

    assert (second.reference, second.is_replay) == (first.reference, True)
    assert len(on_record(cast, lesson)) == 2


def test_what_changed_since_the_preview_is_shown_before_it_is_recorded(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    case = objected(cast, lesson)
    seen = preview_of(cast, case).seen
    report(cast, book(cast, starts_at=NOON + 3 * DAY), now=NOON + HOUR)

    with pytest.raises(EffectsChanged) as changed:
        end(cast, case, "accepted", seen=seen)

    assert changed.value.preview.seen == preview_of(cast, case).seen
    assert on_record(cast, lesson) == [("student", NOON, None)]


def test_a_cancellation_that_no_longer_stands_is_not_corrected(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    case = objected(cast, lesson)
    with in_school(cast.school.pk):
        reference = Incident.objects.get(lesson=lesson).reference
    preview = preview_decision(
        school=cast.school, actor=cast.rhea, reference=reference, decision=Decision.VOIDED, now=NOON + HOUR
    )
    decide_incident(
        school=cast.school,
        actor=cast.rhea,
        reference=reference,
        decision=Decision.VOIDED,
        reason="Recorded twice.",
        seen=preview.seen,
        is_exception=True,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOON + HOUR,
    )

    with pytest.raises(NothingToCorrect):
        end(cast, case, "accepted", seen="")

    assert end(cast, case, "rejected").outcome == "rejected"


# --- who may


def give_role(member: Membership, role: Role) -> None:
    with in_school(member.school_id):
        RoleGrant.objects.create(school_id=member.school_id, membership=member, role=role, granted_at=LONG_AGO)


def test_nobody_ends_a_request_about_themself(cast: Cast) -> None:
    case = objected(cast, book(cast, starts_at=NOON + 2 * DAY))
    seen = preview_of(cast, case).seen
    for member in (cast.tara, cast.sam):
        give_role(member, Role.DESK)

        with pytest.raises(OwnRequest):
            end(cast, case, "accepted", actor=member, seen=seen)
        with pytest.raises(OwnRequest):
            end(cast, case, "rejected", actor=member)


def test_only_the_desk_ends_an_objection_and_support_ends_problems_too(cast: Cast) -> None:
    with in_school(cast.school.pk):
        olga = add_member(cast.school, code="olga", name="Olga Support", role=Role.SUPPORT, zone="Asia/Manila")
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    objection = objected(cast, lesson)
    problem = with_problem(cast)

    for member in (olga, cast.tom, cast.rhea, cast.owen):
        with pytest.raises(DeskCaseNotFound):
            end(cast, objection, "rejected", actor=member)

    assert end(cast, problem, "settled", actor=olga).outcome == "settled"


def test_an_ending_needs_a_fitting_outcome_and_a_reason(cast: Cast) -> None:
    problem = with_problem(cast)

    with pytest.raises(OutcomeDoesNotFit):
        end(cast, problem, "rejected")
    with pytest.raises(NoEndingReason):
        end(cast, problem, "settled", reason="  ")


@pytest.mark.django_db(transaction=True)
def test_of_two_desk_people_at_once_one_ends_it_and_a_double_tap_is_one() -> None:
    cast = make_cast()
    with in_school(cast.school.pk):
        dora = add_member(cast.school, code="dora", name="Dora Desk", role=Role.DESK, zone="Asia/Manila")
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    case = objected(cast, lesson)
    seen, form = preview_of(cast, case).seen, uuid.uuid4()

    results = run_side_by_side(
        lambda: end(cast, case, "accepted", seen=seen, request_id=form),
        lambda: end(cast, case, "accepted", seen=seen, request_id=form),
        lambda: end(cast, case, "accepted", seen=seen, actor=dora),
        lambda: end(cast, case, "rejected", actor=dora),
    )

    ended = {result.reference for result in results if isinstance(result, DeskCaseEnded)}
    refused = [result for result in results if isinstance(result, DeskCaseNotFound)]
    assert len(ended) == 1
    assert len(refused) in {2, 3}
    assert len(on_record(cast, lesson)) == (2 if ended != {""} else 1)


@pytest.mark.parametrize("decision", [Decision.UPHELD, Decision.WAIVED, Decision.REDUCED])
def test_what_a_correction_voided_is_not_brought_back_beside_the_case_in_its_place(
    cast: Cast, decision: Decision
) -> None:
    lesson = book(cast, starts_at=NOON + 30 * HOUR)
    case = objected(cast, lesson)
    end(cast, case, "accepted")
    with in_school(cast.school.pk):
        former = Incident.objects.earliest("pk")
    look = {"school": cast.school, "actor": cast.rhea, "reference": former.reference, "now": NOON + 3 * HOUR}

    with pytest.raises(AnotherCaseStands):
        preview_decision(**look, decision=decision)

    assert preview_decision(**look, decision=Decision.VOIDED).reference == former.reference
