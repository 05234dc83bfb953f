"""Lessons that were booked together, week by week: which they are, and each one's place among them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from makegood.database.compiled import compiled, is_any_of
from makegood.domain.lessons.models import Lesson


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceInSeries:
    """The lesson is the `number`th of the `count` that were taken together, whatever became of each since."""

    number: int
    count: int


def list_of_series(*, school_id: int, series_id: int) -> Sequence[Lesson]:
    """The lessons of a series by their places, also of those that moved or are off."""
    return _of_series(school_id=school_id, series_id=series_id)


@compiled
def _of_series(school_id: int, series_id: int) -> QuerySet[Lesson]:
    return Lesson.objects.filter(school_id=school_id, series_id=series_id).order_by("series_position")


def list_places(*, school_id: int, lessons: Iterable[Lesson]) -> Mapping[int, PlaceInSeries]:
    """The places of those of the lessons that are of a series, by lesson. 1 statement, none where none is."""
    series_ids = {lesson.series_id for lesson in lessons if lesson.series_id is not None}
    if not series_ids:
        return {}
    members: dict[int, list[int]] = {}
    for series_id, lesson_id in _members(school_id=school_id, series_ids=sorted(series_ids)):
        members.setdefault(series_id, []).append(lesson_id)
    return {
        lesson_id: PlaceInSeries(number=number, count=len(ids))
        for ids in members.values()
        for number, lesson_id in enumerate(ids, start=1)
    }


@compiled
def _members(school_id: int, series_ids: Collection[int]) -> QuerySet[Lesson, tuple[int, int]]:
    lessons = Lesson.objects.filter(is_any_of("series_id", series_ids), school_id=school_id)
    return lessons.order_by("series_id", "series_position").values_list("series_id", "pk")


def group_by_series(lessons: Iterable[Lesson]) -> Sequence[Sequence[Lesson]]:
    """The lessons of each series together and every other one alone, in the order of the first of each."""
    found: dict[tuple[int | None, int], list[Lesson]] = {}
    for lesson in lessons:
        alone = lesson.pk if lesson.series_id is None else 0
        found.setdefault((lesson.series_id, alone), []).append(lesson)
    return list(found.values())
