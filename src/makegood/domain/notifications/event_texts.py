"""The words of a lesson in somebody's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.catalog.both_times import BOTH_TIMES
from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.links import lesson_page
from makegood.domain.notifications.texts import fill, with_both_times
from makegood.domain.schools.models import School
from makegood.rules.sentences import Value
from makegood.wording import Reader

STUDENT_SUMMARY: Final = gettext_noop("Lesson with {other}")
SUMMARY: Final = gettext_noop("Session with {other}")
SUMMARY_WITHOUT_STUDENT: Final = gettext_noop("Session")
SEE_MORE: Final = gettext_noop("See it in Makegood: {link}")


@dataclass(frozen=True, slots=True)
class EventTexts:
    """What a calendar shows of a lesson."""

    summary: str
    description: str
    link: str


def words_of(*, values: Mapping[str, Value], link: str, reader: Reader) -> EventTexts:
    """The words from a message's values: `side`, `other`, and both times where they are known."""
    values = {**values, "link": link}
    summary = STUDENT_SUMMARY if values.get("side") == Side.STUDENT else SUMMARY
    texts = [BOTH_TIMES, SEE_MORE] if "starts_for_student" in values else [SEE_MORE]
    return EventTexts(
        summary=fill(summary if "other" in values else SUMMARY_WITHOUT_STUDENT, values, reader),
        description="\n".join(fill(text, values, reader) for text in texts),
        link=link,
    )


def make_texts(*, lesson: Lesson, side: Side, school: School, reader: Reader) -> EventTexts:
    """The words for one side of a lesson as it stands; load its teacher and student with their persons."""
    values: dict[str, Value] = {"side": side.value, "teacher": lesson.teacher.display_name}
    if lesson.student is not None:
        other = lesson.teacher if side is Side.STUDENT else lesson.student
        values |= {
            "student": lesson.student.display_name,
            "other": other.display_name,
            "starts_at": lesson.starts_at,
            "zone_of_teacher": lesson.teacher.person.zone,
            "zone_of_student": lesson.student.person.zone,
        }
    link = lesson_page(school=school, side=side, lesson_id=lesson.pk)
    return words_of(values=with_both_times(values, reader), link=link, reader=reader)
