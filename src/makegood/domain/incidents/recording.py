"""Recording incidents that no emergency report made: what the school learned in another way."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import copy_facts, save_under_a_reference
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import Kind, RequestedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedFacts:
    """What the school learned. `reported_at` None: nobody ever reported; `reported_by_id` is a person."""

    kind: Kind
    requested_by: RequestedBy
    reported_at: datetime | None
    taught_minutes: int
    reason: str
    note: str
    reported_by_id: int | None


def record_learned(
    *, lesson: Lesson, teacher: Membership, learned: LearnedFacts, request_id: uuid.UUID, door: Door
) -> Incident:
    """Write the incident of a locked lesson of a locked teacher, beside the lesson's own facts."""
    return save_under_a_reference(
        build_learned(lesson=lesson, teacher=teacher, learned=learned, request_id=request_id, door=door)
    )


def build_learned(
    *, lesson: Lesson, teacher: Membership, learned: LearnedFacts, request_id: uuid.UUID, door: Door
) -> Incident:
    """The row that `record_learned` would write, for pricing it first."""
    return Incident(
        school_id=lesson.school_id,
        request_id=request_id,
        **copy_facts(lesson=lesson, teacher=teacher),
        kind=learned.kind,
        requested_by=learned.requested_by,
        reported_at=learned.reported_at,
        taught_minutes=learned.taught_minutes,
        reason=learned.reason,
        note=learned.note,
        door=door,
        reported_by_id=learned.reported_by_id,
    )
