"""What every change that concerns all calendars of a school does: who may, the replay, every teacher's weeks."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from makegood.actions.calendars import list_calendar_keepers, rebuild_teachers
from makegood.actions.transactions import in_one_transaction
from makegood.domain.availability.operations import Made
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal


class NotTheOwner(Refusal):
    """What the school offers, pays and keeps to is the owner's."""

    code = "not_the_owner"
    sentence = gettext_noop("Only an owner of the school can change this. Nothing was changed.")


def refuse_unless_owner(*, school: School, actor: Membership) -> None:
    """Raise NotTheOwner for anybody who does not own this school now, whatever page they came from."""
    if not holds_role(school_id=school.pk, membership_id=actor.pk, roles=(Role.OWNER,)):
        raise NotTheOwner


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolWide:
    """What a change wrote: the event that tells it (None: nothing was changed), and the answer to keep."""

    kind: EventKind | None
    values: Mapping[str, str]
    answer: Mapping[str, Any]


def change_school_calendar(
    *,
    school: School,
    actor: Membership,
    route: str,
    content: Mapping[str, Any],
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    write: Callable[[Made], SchoolWide],
) -> Mapping[str, Any]:
    """Run one change in one transaction and return its answer.

    In this order: refuse who is no owner; give a repeated request its first answer; `write` the rows; lock all teachers
    and write their calendar weeks; timeline; keep the answer. A teacher's own change waits for the lock and then sees
    what was written here. Raises NotTheOwner, DifferentRequest, and what `write` raises.
    """

    def work() -> Mapping[str, Any]:
        refuse_unless_owner(school=school, actor=actor)
        key: dict[str, Any] = {"school_id": school.pk, "person_id": actor.person_id, "route": route, "key": request_id}
        earlier = requests.find_answer(**key, content=content)
        if earlier is not None:
            return earlier
        written = write(Made(at=now, by_id=actor.person_id, door=door, request_id=request_id))
        if written.kind is not None:
            keepers = list_calendar_keepers(school_id=school.pk)
            rebuild_teachers(school=school, teacher_ids=keepers, now=now)
            timeline.record(
                school_id=school.pk,
                kind=written.kind,
                at=now,
                door=door,
                actor_id=actor.person_id,
                values=written.values,
            )
        requests.record_answer(**key, content=content, answer=written.answer, now=now)
        return written.answer

    return in_one_transaction(school.pk, work)
