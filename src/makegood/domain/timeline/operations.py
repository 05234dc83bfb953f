"""Writing what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from makegood.database.many_rows import add_rows, add_tuples
from makegood.database.one_row import add_row
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event


def record(
    *,
    school_id: int,
    kind: EventKind,
    at: datetime,
    door: Door,
    actor_id: int | None,
    on_behalf_of_id: int | None = None,
    reason: str = "",
    lesson_id: int | None = None,
    incident_id: int | None = None,
    values: Mapping[str, object] | None = None,
) -> Event:
    """Add one event. `actor_id` is a person, None for the product itself; `on_behalf_of_id` a membership."""
    event = Event(
        school_id=school_id,
        kind=kind,
        at=at,
        door=door,
        actor_id=actor_id,
        on_behalf_of_id=on_behalf_of_id,
        reason=reason,
        lesson_id=lesson_id,
        incident_id=incident_id,
        values=dict(values or {}),
    )
    add_row(event)
    return event


def record_for_incidents(
    *, school_id: int, kind: EventKind, at: datetime, door: Door, actor_id: int | None, incident_ids: Sequence[int]
) -> None:
    """Add the same event to each of many incidents."""
    columns = ("school_id", "kind", "at", "actor_id", "door", "reason", "incident_id", "values")
    rows = ((school_id, kind.value, at, actor_id, door.value, "", incident_id, "{}") for incident_id in incident_ids)
    add_tuples(model=Event, columns=columns, rows=rows)


def record_for_lessons(
    *,
    school_id: int,
    kind: EventKind,
    at: datetime,
    door: Door,
    actor_id: int | None,
    lesson_ids: Sequence[int],
    on_behalf_of_id: int | None = None,
    reason: str = "",
    values: Mapping[str, object] | None = None,
) -> Sequence[Event]:
    """Add the same event to each of some lessons; at least one. Parameters as of `record`."""
    events = [
        Event(
            school_id=school_id,
            kind=kind,
            at=at,
            door=door,
            actor_id=actor_id,
            on_behalf_of_id=on_behalf_of_id,
            reason=reason,
            lesson_id=lesson_id,
            values=dict(values or {}),
        )
        for lesson_id in lesson_ids
    ]
    return add_rows(events)
