"""The desk ends a request about a lesson: with an outcome and a reason that both sides read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop

from makegood.actions.correction_steps import CorrectionPreview, get_correctable, make_correction_preview
from makegood.actions.desk_messages import tell_of_correction, tell_of_ending
from makegood.actions.lesson_conclusion import By, settle_incident
from makegood.actions.lesson_locks import LockedLesson, lock_with_people
from makegood.actions.settlement import Settlement
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import checks, recording
from makegood.domain.incidents import operations as incidents
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons import desk_cases
from makegood.domain.lessons.desk_cases import (
    REQUESTS,
    DeskCaseNotFound,
    Outcome,
    is_about_cancellation,
    outcomes_of,
    word_of_outcome,
)
from makegood.domain.lessons.models import DeskCase
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role, list_with_role
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.refusal import Refusal
from makegood.rules.facts import Decision, Kind, RequestedBy

ROUTE: Final = "end_desk_case"
# Problems during a lesson are told to tech support as well; what changes a teacher's record is the desk's alone.
ENDING_ROLES: Final[Mapping[DeskCase.Kind, Sequence[Role]]] = {
    kind: (Role.DESK, Role.SUPPORT) if kind is DeskCase.Kind.PROBLEM else (Role.DESK,) for kind in REQUESTS
}


class OwnRequest(Refusal):
    """Nobody ends a request about themself."""

    code = "own_request"
    sentence = gettext_noop(
        "This request is about a session of your own. Nothing was changed. Somebody else of the desk has to end it."
    )


class OwnMove(Refusal):
    """Whoever made a move does not end the objection to it while somebody else of the desk can."""

    code = "own_move"
    sentence = gettext_noop(
        "You moved this session yourself. Nothing was changed. Somebody else of the desk has to end this request."
    )


class OutcomeDoesNotFit(Refusal):
    """The outcome is missing, or not one of this kind of request."""

    code = "outcome_does_not_fit"
    sentence = gettext_noop("Choose what came of it.")
    field = "outcome"


class NoEndingReason(Refusal):
    """A request ends with a reason."""

    code = "no_ending_reason"
    sentence = gettext_noop("Say why you end it this way. The teacher and the student will read it.")
    field = "reason"


class EffectsChanged(Refusal):
    """Something was recorded since the preview; `preview` shows what accepting would do now."""

    code = "effects_changed"
    sentence = gettext_noop(
        "Something changed since you looked. Nothing was recorded. Look at the new effects, then decide."
    )

    def __init__(self, *, preview: CorrectionPreview) -> None:
        super().__init__()
        self.preview = preview


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCaseEnded:
    """The request is ended; `reference` is the teacher's new case where there is one, else empty.

    `is_replay`: the form had been sent before.
    """

    case_id: int
    outcome: Outcome
    reference: str = ""
    is_replay: bool = False


def end_desk_case(
    *,
    school: School,
    actor: Membership,
    case_id: int,
    outcome: str,
    reason: str,
    seen: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    announce: bool = True,
) -> DeskCaseEnded:
    """End an open request as `outcome` (`Outcome`); `seen` comes from the preview of a correction.

    In one transaction, in this order: lock teacher, student and lesson; answer a replay; stamp the case, once. Where an
    objection to a cancellation is accepted: compare the facts with those previewed; void the student's cancellation
    (D16); record the teacher's, reported when that was, because the first message is what notice is measured by (D10);
    assess, supersede, post, count; the student's credits (D29). Then events and outbox. Any other end changes nothing
    else: that a student did not agree to a move is said, and moving the lesson back is another verb.

    Raises DeskCaseNotFound (also for whoever may not end it, and when somebody ended it first), OwnRequest, OwnMove,
    OutcomeDoesNotFit, NoEndingReason, NoteTooLong, NoteUnreadable, NothingToCorrect, DifferentRequest, and
    EffectsChanged with a new preview.
    """
    checked = checks.check_note(reason)
    if not checked:
        raise NoEndingReason
    content = {"case_id": case_id, "outcome": outcome, "reason": checked}

    def work() -> DeskCaseEnded:
        found = _find_endable(school, actor, case_id)
        locked = lock_with_people(school_id=school.pk, lesson_id=found.lesson_id)
        answer = requests.find_answer(
            school_id=school.pk, person_id=actor.person_id, route=ROUTE, key=request_id, content=content
        )
        if answer is not None:
            return DeskCaseEnded(
                case_id=case_id, outcome=Outcome(answer["outcome"]), reference=answer["reference"], is_replay=True
            )
        chosen = _choose(found, locked, actor, outcome)
        desk_cases.end_case(case=found, outcome=chosen, ended_by_id=actor.person_id, now=now)
        by = By(actor_id=actor.person_id, door=door, note=checked, announce=announce)
        reference = ""
        if chosen is Outcome.ACCEPTED and is_about_cancellation(found):
            reference = _correct(school, locked, actor, found, by, seen, request_id, now)
        else:
            event = _record_ending(school, locked, found, chosen, by, now)
            if announce:
                word = word_of_outcome(found, chosen)
                tell_of_ending(school=school, locked=locked, event=event, outcome=word, reason=checked, now=now)
        requests.record_answer(
            school_id=school.pk,
            person_id=actor.person_id,
            route=ROUTE,
            key=request_id,
            content=content,
            answer={"outcome": chosen.value, "reference": reference},
            now=now,
        )
        return DeskCaseEnded(case_id=case_id, outcome=chosen, reference=reference)

    return in_one_transaction(school.pk, work)


def is_own_move(*, case: DeskCase, actor: Membership) -> bool:
    """Whether the actor made the move that the case objects to, and somebody else of the desk can look at it."""
    if case.move is None or case.move.moved_by_id != actor.person_id:
        return False
    people = {case.lesson.teacher.person_id, actor.person_id}
    if case.lesson.student is not None:
        people.add(case.lesson.student.person_id)
    desk = list_with_role(school_id=case.school_id, role=Role.DESK)
    return any(member.person_id not in people for member in desk)


def _find_endable(school: School, actor: Membership, case_id: int) -> DeskCase:
    found = desk_cases.find_case(school_id=school.pk, case_id=case_id)
    if found is None or found.kind not in REQUESTS:
        raise DeskCaseNotFound
    roles = ENDING_ROLES[DeskCase.Kind(found.kind)]
    if not holds_role(school_id=school.pk, membership_id=actor.pk, roles=roles):
        raise DeskCaseNotFound
    return found


def _choose(case: DeskCase, locked: LockedLesson, actor: Membership, outcome: str) -> Outcome:
    people = {member.person_id for member in (locked.teacher, locked.student) if member is not None}
    if actor.person_id in people:
        raise OwnRequest
    if is_own_move(case=case, actor=actor):
        raise OwnMove
    fitting = {str(one): one for one in outcomes_of(case)}
    if outcome not in fitting:
        raise OutcomeDoesNotFit
    return fitting[outcome]


def _record_ending(
    school: School, locked: LockedLesson, case: DeskCase, outcome: Outcome, by: By, now: datetime
) -> Event:
    return timeline.record(
        school_id=school.pk,
        kind=EventKind.DESK_CASE_ENDED,
        at=now,
        door=by.door,
        actor_id=by.actor_id,
        reason=by.note,
        lesson_id=locked.lesson.pk,
        incident_id=case.incident_id,
        values={"outcome": word_of_outcome(case, outcome), "desk_case": case.pk},
    )


def _correct(
    school: School,
    locked: LockedLesson,
    actor: Membership,
    case: DeskCase,
    by: By,
    seen: str,
    request_id: uuid.UUID,
    now: datetime,
) -> str:
    former = get_correctable(school=school, case=case)
    preview = make_correction_preview(school=school, incident=former, now=now)
    if preview.seen != seen:
        raise EffectsChanged(preview=preview)
    incidents.decide(
        incident=former,
        decision=Decision.VOIDED,
        reason=by.note,
        decided_by=actor,
        door=by.door,
        request_id=request_id,
        now=now,
    )
    incident = _record_by_teacher(locked, former, by, request_id)
    settlement = settle_incident(school=school, locked=locked, incident=incident, by=by, now=now)
    for about in (former, incident):
        timeline.record(
            school_id=school.pk,
            kind=EventKind.CANCELLATION_CORRECTED,
            at=now,
            door=by.door,
            actor_id=by.actor_id,
            reason=by.note,
            lesson_id=locked.lesson.pk,
            incident_id=about.pk,
        )
    event = _record_ending(school, locked, case, Outcome.ACCEPTED, by, now)
    if by.announce:
        _tell(school, locked, incident, settlement, event, by, now)
    return incident.reference


def _record_by_teacher(locked: LockedLesson, former: Incident, by: By, request_id: uuid.UUID) -> Incident:
    """The lesson stays cancelled; whose doing it was and the count change, the time of the report does not."""
    return recording.record_learned(
        lesson=locked.lesson,
        teacher=locked.teacher,
        learned=LearnedFacts(
            kind=Kind.CANCELLED,
            requested_by=RequestedBy.TEACHER,
            reported_at=former.reported_at,
            taught_minutes=0,
            reason="",
            note=by.note,
            reported_by_id=by.actor_id,
        ),
        request_id=request_id,
        door=by.door,
    )


def _tell(
    school: School,
    locked: LockedLesson,
    incident: Incident,
    settlement: Settlement,
    event: Event,
    by: By,
    now: datetime,
) -> None:
    tell_of_correction(
        school=school, locked=locked, incident=incident, settlement=settlement, event=event, reason=by.note, now=now
    )
