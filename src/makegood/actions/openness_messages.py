"""What a teacher is told about how far ahead they are open; each with its event on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from makegood.domain.notifications import operations as notifications
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.notifications.operations import Announcement
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.sentences import Value
from makegood.rules.storing import values_to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What goes on the timeline: by whom (None: the product itself), through which door, and why."""

    kind: EventKind
    actor_id: int | None = None
    door: Door = Door.JOB
    reason: str = ""


def tell_teacher(
    *,
    teacher: Membership,
    happened: Happened,
    kind: MessageKind,
    values: Mapping[str, Value],
    now: datetime,
    announce: bool = True,
    effect: str = "",
) -> None:
    """Record what happened to the teacher's matching, and tell them with the same values unless not to `announce`."""
    event = timeline.record(
        school_id=teacher.school_id,
        kind=happened.kind,
        at=now,
        door=happened.door,
        actor_id=happened.actor_id,
        on_behalf_of_id=teacher.pk,
        reason=happened.reason,
        values={"teacher": teacher.display_name, **values_to_json(values)},
    )
    if announce:
        told = Announcement(recipient_id=teacher.pk, kind=kind, values=values, effect=effect)
        notifications.announce(event=event, announcements=[told], now=now)


def contacts_of(school: School) -> dict[str, Value]:
    """How the desk is reached, as values of a text."""
    return {"desk_email": school.desk_email, "desk_phone": school.desk_phone}
