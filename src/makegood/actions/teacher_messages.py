"""What a teacher is told when somebody else did something of theirs, on their behalf."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.people.models import Membership
from makegood.domain.timeline.models import Event
from makegood.rules.sentences import Value


def tell_of_change(
    *, event: Event, actor: Membership, teacher_id: int, kind: MessageKind, values: Mapping[str, Value], now: datetime
) -> None:
    """Tell the teacher who changed something of theirs; nobody is told of what they did themselves."""
    if actor.pk == teacher_id:
        return
    told = Announcement(recipient_id=teacher_id, kind=kind, values={"changed_by": actor.display_name, **values})
    announce(event=event, announcements=[told], now=now)
