"""How pages say that a lesson is of a weekly series, and lead to the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.series import PlaceInSeries
from makegood.rules.sentences import Sentence
from makegood.web.parts.components import OfSeries, SeriesLesson, Words

# What is said of a lesson of a series where it is not simply booked or taught.
_STATES: Final[Mapping[LessonStatus, Promise]] = {
    LessonStatus.REQUESTED: _("Waits for an answer"),
    LessonStatus.IN_PROGRESS: _("On now"),
    LessonStatus.CANCELLED: _("Cancelled"),
    LessonStatus.MOVED: _("Moved"),
    LessonStatus.MISSED: _("Missed"),
    LessonStatus.CUT_SHORT: _("Ended early"),
    LessonStatus.RELEASED: _("Let go"),
}


def note_of(place: PlaceInSeries | None) -> Words:
    """The quiet words of a list; "" for a lesson of no series, or for one that is alone in it."""
    if place is None or place.count == 1:
        return ""
    return Sentence(gettext_noop("(weekly, {number} of {count})"), {"number": place.number, "count": place.count})


def find_series(lesson: Lesson, series: Sequence[Lesson], *, address: Callable[[int], str]) -> OfSeries | None:
    """What the page of the lesson says of its `series`; None where it is of none, or alone. `address`: of a lesson."""
    ids = [one.pk for one in series]
    if len(ids) == 1 or lesson.pk not in ids:
        return None
    return OfSeries(
        number=ids.index(lesson.pk) + 1,
        lessons=[
            SeriesLesson(
                starts_at=one.starts_at,
                url="" if one.pk == lesson.pk else address(one.pk),
                state=str(_STATES.get(LessonStatus(one.status), "")),
            )
            for one in series
        ],
    )
