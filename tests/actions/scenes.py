"""For each verb about a lesson a scene in which it works, and what a stranger is told (test_still_a_member.py)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

from makegood.actions.answer_move import answer_move
from makegood.actions.answer_proposal import answer_proposal
from makegood.actions.approve_booking import approve_booking, decline_booking
from makegood.actions.approve_move import approve_move, decline_move
from makegood.actions.ask_to_move import ask_to_move
from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.book_lesson import book_held_lesson, book_lesson
from makegood.actions.book_series import book_series, preview_series
from makegood.actions.book_series_for_somebody import book_series_for_somebody, preview_series_for_somebody
from makegood.actions.booking_steps import NotTheDesk, StudentNotFound
from makegood.actions.cancel_by_desk import cancel_by_desk
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.cancel_for_school import cancel_for_school
from makegood.actions.cancel_for_student import cancel_for_student
from makegood.actions.claim_absence import claim_absence
from makegood.actions.decide_absence import Verdict, decide_absence
from makegood.actions.decide_incident import decide_incident
from makegood.actions.end_desk_case import end_desk_case
from makegood.actions.finish_lesson import finish_lesson
from makegood.actions.hold_slot import hold_slot
from makegood.actions.join_lesson import join_lesson
from makegood.actions.keep_new_time import keep_new_time
from makegood.actions.leave_lesson import leave_lesson
from makegood.actions.let_go import let_go
from makegood.actions.move_by_desk import Shown, move_by_desk
from makegood.actions.preview_decision import preview_decision
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.propose_series import preview_proposed_series, propose_series
from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.quote_move import quote_move, quote_move_at_desk
from makegood.actions.record_incident import record_incident
from makegood.actions.report_emergency import report_emergency
from makegood.actions.report_problem import report_problem
from makegood.actions.reschedule_lesson import reschedule_lesson
from makegood.actions.series_steps import SeriesWish
from makegood.actions.start_lesson import start_lesson
from makegood.actions.stay_in_lesson import stay_in_lesson
from makegood.actions.take_back_move import take_back_move
from makegood.actions.undo_answer import undo_answer
from makegood.actions.undo_booking import undo_booking
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.actions.undo_late_move import undo_late_move
from makegood.actions.undo_move_answer import undo_move_answer
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.incidents.operations import CaseNotFound
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons.desk_cases import DeskCaseNotFound
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, Side
from makegood.domain.lessons.move_requests import MoveRequestNotFound
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import Decision, Kind, RequestedBy
from tests.cast import Cast, report
from tests.moves import DAY, FRIDAY, LATE, NOW, THURSDAY, WEDNESDAY, ask, confirm, keep, move_late, price, set_rules

MINUTE: Final = timedelta(minutes=1)

Deed = Callable[..., Any]
Scene = Callable[[Cast, Lesson], tuple[Membership, Deed]]


def how(**values: Any) -> dict[str, Any]:
    return {"door": Door.WEB, "now": NOW} | values


def form(**values: Any) -> dict[str, Any]:
    return how(request_id=uuid.uuid4(), **values)


def about(lesson: Lesson, **values: Any) -> dict[str, Any]:
    return how(lesson_id=lesson.pk, **values)


def about_in_a_form(lesson: Lesson, **values: Any) -> dict[str, Any]:
    return form(lesson_id=lesson.pk, **values)


def at_nine(teacher: Membership, **values: Any) -> dict[str, Any]:
    return form(teacher_id=teacher.pk, starts_at=THURSDAY, minutes=50, lesson_type="regular", **values)


def by_student(verb: Deed, *, by: str = "sam", **values: Any) -> Scene:
    """Sam about an own lesson, in a form; or whoever does it for him."""
    return lambda cast, lesson: (getattr(cast, by), partial(verb, **about_in_a_form(lesson, **values)))


def in_room(verb: Deed, *, minutes: int = 1) -> Scene:
    """Tara on the page of a lesson that she came to and started."""

    def scene(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
        for step in (join_lesson, start_lesson) if verb is finish_lesson else (join_lesson,):
            step(school=cast.school, actor=cast.tara, **about(lesson, now=WEDNESDAY))
        return cast.tara, partial(verb, **about(lesson, now=WEDNESDAY + minutes * MINUTE))

    return scene


_cancels_as_student = by_student(cancel_by_student, shown_as_free=True, note="")
_cancels_at_the_desk = by_student(cancel_by_desk, by="desi", asked="phone", shown_as_free=True, note="")
_cancels_for_the_school = by_student(cancel_for_school, by="desi", reason="No room", shown_as_paid=False)
_cancels_for_student = by_student(cancel_for_student, by="tara", asked="chat", note="")


def _confirms(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    values = about_in_a_form(lesson, hold_id=keep(cast, lesson).hold_id, shown_as_free=True, note="")
    return cast.sam, partial(reschedule_lesson, **values)


def _asks(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    values = about(lesson, starts_at=THURSDAY, says_side=Side.TEACHER, reason="A wedding")
    return cast.tara, partial(ask_to_move, **values, quote_token=price(cast, lesson).token)


def _answers(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    asked = ask(cast, lesson).move_request_id
    values = form(move_request_id=asked, agrees=True, says_side=Side.TEACHER, reason="")
    return cast.sam, partial(answer_move, **values)


def _takes_back(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    return cast.tara, partial(take_back_move, **how(move_request_id=ask(cast, lesson).move_request_id))


def _undoes_moving(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    confirm(cast, lesson, keep(cast, lesson).hold_id)
    return cast.sam, partial(undo_reschedule, **about(lesson))


def moved_by(requested_by: RequestedBy) -> Scene:
    """Desi moves a lesson for somebody."""

    def scene(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
        values = about_in_a_form(lesson, requested_by=requested_by, starts_at=THURSDAY, asked="phone", reason="Called")
        return cast.desi, partial(move_by_desk, **values, shown=Shown())

    return scene


def undoes_moving_late(*, by: str) -> Scene:
    """Sam moves a lesson after the free time, or Desi does it for him, and takes both halves back."""
    return lambda cast, lesson: (
        getattr(cast, by),
        partial(undo_late_move, **form(lesson_id=move_late(cast, lesson, by=by), now=LATE)),
    )


def taken_back(scene: Scene, verb: Deed) -> Scene:
    """Whoever just cancelled or moved a lesson takes that back."""

    def undoing(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
        actor, deed = scene(cast, lesson)
        deed(school=cast.school, actor=actor)
        return actor, partial(verb, **about(lesson))

    return undoing


def _values_of(deed: Deed) -> dict[str, Any]:
    assert isinstance(deed, partial)
    return deed.keywords


def answered(scene: Scene, verb: Deed) -> Scene:
    """Whoever just answered about a lesson undoes it."""

    def undoing(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
        actor, deed = scene(cast, lesson)
        about_it = {
            name: _values_of(deed)[name] for name in ("lesson_id", "move_request_id") if name in _values_of(deed)
        }
        deed(school=cast.school, actor=actor)
        return actor, partial(verb, **form(**about_it))

    return undoing


def _undoes_booking(cast: Cast, _lesson: Lesson) -> tuple[Membership, Deed]:
    booked = book_lesson(school=cast.school, actor=cast.sam, **at_nine(cast.tara))
    return cast.sam, partial(undo_booking, **form(lesson_id=booked.lesson_id))


def _undoes_booking_at_the_desk(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    desi, deed = _books_at_the_desk(cast, lesson)
    return desi, partial(undo_booking, **form(lesson_id=deed(school=cast.school, actor=desi).lesson_id))


def _books_at_the_desk(cast: Cast, _lesson: Lesson) -> tuple[Membership, Deed]:
    values = at_nine(cast.tara, student_id=cast.sam.pk, reason="By phone", leave=Leave())
    return cast.desi, partial(book_for_somebody, **values)


def _proposes(cast: Cast, _lesson: Lesson) -> tuple[Membership, Deed]:
    values = form(student_id=cast.sam.pk, starts_at=THURSDAY, minutes=50, lesson_type="regular", note="")
    return cast.tara, partial(propose_lesson, **values)


def proposed(verb: Deed, *, by: str = "sam", **values: Any) -> Scene:
    def scene(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
        tara, deed = _proposes(cast, lesson)
        waiting = deed(school=cast.school, actor=tara).lesson_id
        return getattr(cast, by), partial(verb, **form(lesson_id=waiting, **values))

    return scene


def held(verb: Deed) -> Scene:
    def scene(cast: Cast, _lesson: Lesson) -> tuple[Membership, Deed]:
        kept = hold_slot(school=cast.school, actor=cast.sam, **at_nine(cast.tara)).lesson_id
        return cast.sam, partial(verb, **form(lesson_id=kept))

    return scene


def requested(verb: Deed, **values: Any) -> Scene:
    def scene(cast: Cast, _lesson: Lesson) -> tuple[Membership, Deed]:
        set_rules(cast, needs_approval=True)
        waiting = book_lesson(school=cast.school, actor=cast.sam, **at_nine(cast.tara)).lesson_id
        return cast.desi, partial(verb, **form(lesson_id=waiting, **values))

    return scene


def wished(verb: Deed, *, by: str = "desi", **values: Any) -> Scene:
    """Sam asks the school to move a lesson."""

    def scene(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
        set_rules(cast, needs_approval=True)
        asked = confirm(cast, lesson, keep(cast, lesson).hold_id).move_request_id
        return getattr(cast, by), partial(verb, **how(move_request_id=asked, **values))

    return scene


def booking(verb: Deed) -> Scene:
    return lambda cast, _lesson: (cast.sam, partial(verb, **at_nine(cast.tara)))


def weekly(verb: Deed, *, by: str = "sam", **values: Any) -> Scene:
    def scene(cast: Cast, _lesson: Lesson) -> tuple[Membership, Deed]:
        on, actor = FRIDAY.date() - timedelta(days=1), getattr(cast, by)
        others = {name: one.pk for name, one in (("teacher_id", cast.tara), ("student_id", cast.sam)) if one != actor}
        wish = SeriesWish(first_on=on, starts_minute=1260, minutes=50, lesson_type="regular", count=2)
        asked = how() if verb.__name__.startswith("preview") else form()
        return actor, partial(verb, **others, wish=wish, **asked, **values)

    return scene


def _reports(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=NOW)
    values = about_in_a_form(
        lesson, situation=int(quote.fitting), lesson_begun=False, reason="", note="", quote_token=quote.token
    )
    return cast.tara, partial(report_emergency, **values)


def _withdraws(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    return cast.tara, partial(withdraw_incident, **how(reference=report(cast, lesson, now=NOW).reference))


def _previews(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    reference = report(cast, lesson, now=NOW).reference
    return cast.rhea, partial(preview_decision, reference=reference, decision=Decision.VOIDED, now=NOW)


def _decides(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    rhea, look = _previews(cast, lesson)
    seen = look(school=cast.school, actor=rhea)
    values = form(reference=seen.reference, decision=Decision.VOIDED, reason="A mistake", seen=seen.seen)
    return rhea, partial(decide_incident, **values, is_exception=True)


def _records(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    learned = LearnedFacts(
        kind=Kind.NO_SHOW, requested_by=RequestedBy.STUDENT, reported_at=None, taught_minutes=0, reason="",
        note="Heard by phone", reported_by_id=cast.desi.person_id,
    )  # fmt: skip
    return cast.desi, partial(record_incident, **about_in_a_form(lesson, learned=learned, now=WEDNESDAY + DAY))


def _decides_an_absence(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    values = about_in_a_form(lesson, kind=LessonClaim.Kind.OTHER_ABSENT, note="", now=WEDNESDAY + 30 * MINUTE)
    claim_absence(school=cast.school, actor=cast.sam, **values)
    values = how(case_id=case_of(cast, lesson), verdict=Verdict.TEACHER_ABSENT, note="Both said so")
    return cast.desi, partial(decide_absence, **values | {"now": WEDNESDAY + DAY})


def _ends(cast: Cast, lesson: Lesson) -> tuple[Membership, Deed]:
    report_problem(school=cast.school, actor=cast.sam, **about_in_a_form(lesson, note="No sound", now=WEDNESDAY))
    values = form(case_id=case_of(cast, lesson), outcome="settled", reason="They spoke", seen="", now=WEDNESDAY)
    return cast.desi, partial(end_desk_case, **values)


def case_of(cast: Cast, lesson: Lesson) -> int:
    with in_school(cast.school.pk):
        return DeskCase.objects.get(lesson=lesson).pk


SCENES: dict[str, tuple[Scene, type[Exception]]] = {
    "answer_move": (_answers, MoveRequestNotFound),
    "answer_proposal": (proposed(answer_proposal, accept=True, reason=""), LessonNotFound),
    "approve_booking": (requested(approve_booking), NotTheDesk),
    "approve_move": (wished(approve_move, request_id=uuid.uuid4()), NotTheDesk),
    "ask_to_move": (_asks, LessonNotFound),
    "book_for_somebody": (_books_at_the_desk, NotTheDesk),
    "book_held_lesson": (held(book_held_lesson), LessonNotFound),
    "book_lesson": (booking(book_lesson), StudentNotFound),
    "book_series": (weekly(book_series), StudentNotFound),
    "book_series_for_somebody": (weekly(book_series_for_somebody, by="desi", reason="R", leave=Leave()), NotTheDesk),
    "cancel_by_desk": (_cancels_at_the_desk, LessonNotFound),
    "cancel_by_student": (_cancels_as_student, LessonNotFound),
    "cancel_for_school": (_cancels_for_the_school, LessonNotFound),
    "cancel_for_student": (_cancels_for_student, LessonNotFound),
    "claim_absence": (
        by_student(claim_absence, kind=LessonClaim.Kind.OTHER_LATE, note="", now=WEDNESDAY + 9 * MINUTE),
        LessonNotFound,
    ),
    "decide_absence": (_decides_an_absence, DeskCaseNotFound),
    "decide_incident": (_decides, CaseNotFound),
    "decline_booking": (requested(decline_booking, reason="Full"), NotTheDesk),
    "decline_move": (wished(decline_move, reason="Full", request_id=uuid.uuid4()), NotTheDesk),
    "end_desk_case": (_ends, DeskCaseNotFound),
    "finish_lesson": (in_room(finish_lesson, minutes=50), LessonNotFound),
    "hold_slot": (booking(hold_slot), StudentNotFound),
    "join_lesson": (in_room(join_lesson), LessonNotFound),
    "keep_new_time": (by_student(keep_new_time, starts_at=THURSDAY), LessonNotFound),
    "leave_lesson": (in_room(leave_lesson), LessonNotFound),
    "let_go": (held(let_go), LessonNotFound),
    "let_go (a proposal)": (proposed(let_go, by="tara"), LessonNotFound),
    "move_by_desk": (moved_by(RequestedBy.STUDENT), LessonNotFound),
    "move_by_desk (for the school)": (moved_by(RequestedBy.COMPANY), LessonNotFound),
    "preview_decision": (_previews, CaseNotFound),
    "preview_proposed_series": (weekly(preview_proposed_series, by="tara"), TeacherNotFound),
    "preview_series": (weekly(preview_series), StudentNotFound),
    "preview_series_for_somebody": (weekly(preview_series_for_somebody, by="desi", leave=Leave()), NotTheDesk),
    "propose_lesson": (_proposes, TeacherNotFound),
    "propose_series": (weekly(propose_series, by="tara", note=""), TeacherNotFound),
    "quote_emergency": (
        lambda cast, lesson: (cast.tara, partial(quote_emergency, lesson_id=lesson.pk, now=NOW)),
        LessonNotFound,
    ),
    "quote_move": (
        lambda cast, lesson: (cast.tara, partial(quote_move, lesson_id=lesson.pk, now=NOW)),
        LessonNotFound,
    ),
    "quote_move_at_desk": (
        lambda cast, lesson: (
            cast.desi,
            partial(quote_move_at_desk, lesson_id=lesson.pk, teacher_id=cast.tara.pk, now=NOW),
        ),
        LessonNotFound,
    ),
    "record_incident": (_records, LessonNotFound),
    "report_emergency": (_reports, LessonNotFound),
    "report_problem": (by_student(report_problem, note="No sound", now=WEDNESDAY), LessonNotFound),
    "reschedule_lesson": (_confirms, LessonNotFound),
    "start_lesson": (in_room(start_lesson), LessonNotFound),
    "stay_in_lesson": (in_room(stay_in_lesson), LessonNotFound),
    "take_back_move": (_takes_back, MoveRequestNotFound),
    "take_back_move (by the student)": (wished(take_back_move, by="sam"), MoveRequestNotFound),
    "undo_booking": (_undoes_booking, LessonNotFound),
    "undo_booking (at the desk)": (_undoes_booking_at_the_desk, LessonNotFound),
    "undo_cancellation": (taken_back(_cancels_as_student, undo_cancellation), LessonNotFound),
    "undo_cancellation (for the school)": (taken_back(_cancels_for_the_school, undo_cancellation), LessonNotFound),
    "undo_cancellation (for the student)": (taken_back(_cancels_for_student, undo_cancellation), LessonNotFound),
    "undo_reschedule": (_undoes_moving, LessonNotFound),
    "undo_reschedule (at the desk)": (taken_back(moved_by(RequestedBy.COMPANY), undo_reschedule), LessonNotFound),
    "undo_answer": (answered(proposed(answer_proposal, accept=False, reason=""), undo_answer), LessonNotFound),
    "undo_answer (an approval)": (answered(requested(approve_booking), undo_answer), LessonNotFound),
    "undo_answer (a refusal)": (answered(requested(decline_booking, reason="Full"), undo_answer), LessonNotFound),
    "undo_late_move": (undoes_moving_late(by="sam"), LessonNotFound),
    "undo_late_move (at the desk)": (undoes_moving_late(by="desi"), LessonNotFound),
    "undo_move_answer": (answered(_answers, undo_move_answer), MoveRequestNotFound),
    "undo_move_answer (an approval)": (
        answered(wished(approve_move, request_id=uuid.uuid4()), undo_move_answer),
        MoveRequestNotFound,
    ),
    "undo_move_answer (a refusal)": (
        answered(wished(decline_move, reason="Full", request_id=uuid.uuid4()), undo_move_answer),
        MoveRequestNotFound,
    ),
    "withdraw_incident": (_withdraws, CaseNotFound),
}
