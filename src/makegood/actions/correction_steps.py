"""What accepting a student's "I did not ask for this" changes, to look at and to do. Shared by the verbs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop

from makegood.actions.decision_steps import PriceEffect, decide_in, effect_of, hash_seen, list_closed_months
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import find_live_of_lesson, to_facts
from makegood.domain.ledger.credits import has_standing_use
from makegood.domain.lessons.models import DeskCase
from makegood.domain.penalties import operations as penalties
from makegood.domain.penalties.counting import CountEffect, compare_counts
from makegood.domain.penalties.history import assess_history, gather_facts
from makegood.domain.penalties.models import Consequence
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.quantities import Money
from makegood.refusal import Refusal
from makegood.rules import facts
from makegood.rules.facts import Decision, RequestedBy
from makegood.rules.policy import Policy

# The incident-to-be; recorded ones have numbers from 1 on.
_NEW: Final = 0


class NothingToCorrect(Refusal):
    """The cancellation that the student objects to no longer stands."""

    code = "nothing_to_correct"
    sentence = gettext_noop(
        "The cancellation that the student did not ask for no longer stands, so there is nothing to correct. "
        "Choose the other answer, and say what you found."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionPreview:
    """What accepting changes. `seen` goes into the form: it is refused when the facts changed since.

    `own` is the teacher's cancellation that takes the place of the student's, reported when that was; its amounts are
    None under a policy without money. `counts` are of the counters of `policy`, the one at the lesson.
    `pay_taken_back` is the lesson's pay where it was paid, None: it was not.
    """

    own: PriceEffect
    others: tuple[PriceEffect, ...]
    counts: tuple[CountEffect, ...]
    policy: Policy
    started: tuple[Consequence, ...]
    ended: tuple[Consequence, ...]
    pay_taken_back: Money | None
    gives_credits_back: bool
    seen: str


def get_correctable(*, school: School, case: DeskCase) -> Incident:
    """The student's cancellation that the case objects to, which still stands. Raises NothingToCorrect."""
    live = find_live_of_lesson(school_id=school.pk, lesson_id=case.lesson_id)
    if live is None or live.pk != case.incident_id or live.requested_by != RequestedBy.STUDENT:
        raise NothingToCorrect
    return live


def make_correction_preview(*, school: School, incident: Incident, now: datetime) -> CorrectionPreview:
    """What changes when the teacher is answerable for a cancellation instead of the student; nothing is written."""
    timetable = get_timetable(school_id=school.pk)
    history = gather_facts(school_id=school.pk, teacher_id=incident.teacher_id)
    corrected = decide_in(history, incident, Decision.VOIDED).with_incident(_by_teacher(incident))
    outcome = assess_history(history=corrected, timetable=timetable)
    ids = [int(found.incident) for found in history.incidents]
    live = penalties.find_live(school_id=school.pk, incident_ids=ids)
    known = dataclasses.replace(corrected, references={**history.references, str(_NEW): incident.reference})
    closed = list_closed_months(school)
    effects = {
        change.after.incident_id: effect_of(school, known, change, closed)
        for change in penalties.compare(history=corrected, outcome=outcome, live=live, now=now)
        if change.change_minor or change.after.incident_id == _NEW
    }
    standing = penalties.list_standing(history=history)
    consequences = penalties.compare_consequences(history=corrected, outcome=outcome, standing=standing)
    pay = to_facts(incident).lesson_pay
    was_paid = incident.pk in live and live[incident.pk].paid
    policy = timetable.get_at(incident.lesson_starts_at).policy
    return CorrectionPreview(
        own=effects.pop(_NEW),
        others=tuple(effects.values()),
        counts=compare_counts(
            before=history.incidents,
            after=corrected.incidents,
            incident=to_facts(incident),
            policy=policy,
            now=now,
        ),
        policy=policy,
        started=consequences.started,
        ended=consequences.ended,
        pay_taken_back=pay if was_paid else None,
        gives_credits_back=has_standing_use(school_id=school.pk, lesson_id=incident.lesson_id),
        seen=hash_seen(history, timetable),
    )


def _by_teacher(incident: Incident) -> facts.Incident:
    """The same cancellation, reported at the same time, with the teacher answerable and without the student's wish."""
    return dataclasses.replace(
        to_facts(incident), incident=str(_NEW), requested_by=RequestedBy.TEACHER, reason=None, decision=None
    )
