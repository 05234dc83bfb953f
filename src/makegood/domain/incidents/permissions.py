"""Who may see and decide a case."""

from __future__ import annotations

from typing import Final

from makegood.domain.incidents.models import Incident
from makegood.domain.people.models import Membership, Role
from makegood.rules.facts import Kind, RequestedBy

DECIDING_ROLES: Final = (Role.REVIEWER,)
SEEING_ROLES: Final = (Role.DESK, Role.REVIEWER, Role.PAYROLL, Role.OWNER)


def may_withdraw(*, member: Membership, incident: Incident) -> bool:
    """Whether the member may take the report back: what a teacher reported as an own emergency.

    What was put on record for others is not theirs to take back. What counts a move is withdrawn with the move alone,
    by the student who agreed to it or the desk that made it; a cancellation has its own undo.
    """
    return (
        incident.teacher_id == member.pk
        and incident.reported_by_id == member.person_id
        and incident.requested_by == RequestedBy.TEACHER
        and incident.kind != Kind.RESCHEDULED
    )


def is_own_case(*, membership_id: int, incident: Incident) -> bool:
    """Whether the case is about this member's own lesson, as its teacher or its student: it moves pay and credits."""
    return membership_id in {incident.teacher_id, incident.lesson.student_id}
