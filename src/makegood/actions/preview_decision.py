"""What a decision on an incident would do, before it is made."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.decision_steps import DecisionPreview, get_decidable, make_preview
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents.queries import teacher_of_case
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import lock_members
from makegood.domain.schools.models import School
from makegood.rules.facts import Decision


def preview_decision(
    *, school: School, actor: Membership, reference: str, decision: Decision, now: datetime
) -> DecisionPreview:
    """What `decision` would change for the case, for the others of its windows, for pauses, statements and credits.

    Nothing is written; the teacher is locked, so that case and history are of one moment. Raises CaseNotFound, OwnCase,
    CannotDecide, AnotherCaseStands.
    """

    def work() -> DecisionPreview:
        lock_members(school_id=school.pk, membership_ids=teacher_of_case(school_id=school.pk, reference=reference))
        incident = get_decidable(school=school, actor=actor, reference=reference)
        return make_preview(school=school, incident=incident, decision=decision, now=now)

    return in_one_transaction(school.pk, work)
