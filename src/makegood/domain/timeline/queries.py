"""Reading what happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from makegood.domain.timeline.kinds import WAITS_AGAIN, EventKind
from makegood.domain.timeline.models import Event


def list_of_case(*, school_id: int, incident_id: int) -> Sequence[Event]:
    """All events of one incident, oldest first, each with its actor."""
    events = Event.objects.filter(school_id=school_id, incident_id=incident_id).select_related("actor")
    return list(events.order_by("at", "pk"))


def find_last_of_lesson(*, school_id: int, lesson_id: int, kinds: Sequence[EventKind]) -> Event | None:
    """The last event of one of these kinds about the lesson."""
    events = Event.objects.filter(school_id=school_id, lesson_id=lesson_id, kind__in=kinds)
    return events.order_by("-at", "-pk").first()


def list_with_same_event(*, event: Event, lesson_ids: Collection[int]) -> frozenset[int]:
    """Those of the lessons to which the same happened at the same time: what was answered together."""
    same = Event.objects.filter(school_id=event.school_id, lesson_id__in=lesson_ids, kind=event.kind, at=event.at)
    return frozenset(lesson_id for lesson_id in same.values_list("lesson_id", flat=True) if lesson_id is not None)


def list_of_lesson(*, school_id: int, lesson_id: int, kinds: Collection[EventKind]) -> Sequence[Event]:
    """The events of these kinds about the lesson, oldest first, each with its actor."""
    events = Event.objects.filter(school_id=school_id, lesson_id=lesson_id, kind__in=kinds).select_related("actor")
    return list(events.order_by("at", "pk"))


def events_of_lesson(*, school_id: int, lesson_id: Any, kind: EventKind) -> QuerySet[Event]:
    """The events of this kind about the lesson, to be used inside another statement."""
    return Event.objects.filter(school_id=school_id, lesson_id=lesson_id, kind=kind)


def events_of_kinds(*, school_id: int, lesson_id: Any, kinds: Collection[EventKind]) -> QuerySet[Event]:
    """The events of these kinds about the lesson, oldest first, to be used inside another statement."""
    events = Event.objects.filter(school_id=school_id, lesson_id=lesson_id, kind__in=kinds)
    return events.order_by("at", "pk")


def undone_since(*, school_id: int, lesson_id: Any, kinds: Collection[EventKind], since: datetime) -> QuerySet[Event]:
    """The events of these kinds from `since` on that undo an incident of before; to be used inside a statement."""
    older = Event.objects.filter(school_id=OuterRef("school_id"), incident_id=OuterRef("incident_id"), at__lt=since)
    events = events_of_kinds(school_id=school_id, lesson_id=lesson_id, kinds=kinds)
    return events.filter(Exists(older), at__gte=since)


def find_of_case(*, school_id: int, incident_id: int, kind: EventKind) -> Event | None:
    """The first event of this kind of one incident, or None."""
    events = Event.objects.filter(school_id=school_id, incident_id=incident_id, kind=kind)
    return events.order_by("at", "pk").first()


def find_ending(*, school_id: int, lesson_id: int, desk_case_id: int) -> Event | None:
    """The event that tells how and why a person ended a request about the lesson, with its actor, or None."""
    events = Event.objects.filter(school_id=school_id, lesson_id=lesson_id, kind=EventKind.DESK_CASE_ENDED)
    return events.filter(values__desk_case=desk_case_id).select_related("actor").order_by("pk").first()


def list_notes(*, school_id: int, lesson_ids: Any) -> Mapping[int, str]:
    """What the teacher wrote with each of the lessons that are proposals, also with those that wait again, by lesson.

    `lesson_ids` may be a query.
    """
    proposed = Q(kind=EventKind.LESSON_PROPOSED) | Q(kind__in=WAITS_AGAIN, values__has_key="note")
    events = Event.objects.filter(proposed, school_id=school_id, lesson_id__in=lesson_ids)
    return {
        event.lesson_id: event.reason if event.kind == EventKind.LESSON_PROPOSED else str(event.values["note"])
        for event in events
        if event.lesson_id is not None
    }
