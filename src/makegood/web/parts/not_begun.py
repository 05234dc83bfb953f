"""What a teacher reads where a session counts as not begun, because the two were not seen in it together."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.domain.lessons.presence import Attendance
from makegood.reports.lesson_page import LessonPage
from makegood.rules.sentences import Sentence


def say_trouble(*, page: LessonPage, name: str, has_said_absent: bool, now: datetime) -> list[Sentence]:
    """What to do about trouble in a session that is not over, and what that costs; `name` is the student's."""
    attendance = page.attendance
    if now < page.lesson.starts_at or not attendance.teacher:
        return [Sentence(gettext_noop("Say it at once. You then see what to do next, and what it means for you."))]
    if attendance.has_begun is not False:
        text = gettext_noop(
            "Say it at once: what is reported before the scheduled end costs nothing by itself. You then see what to "
            "do next."
        )
        return [Sentence(text)]
    if attendance.student:
        text = gettext_noop(
            "Say it at once. You and {name} were not seen here together, so the session counts as not begun. You see "
            "what that means for you before anything is sent."
        )
        return [Sentence(text, {"name": name})]
    unless = gettext_noop(
        "Report a problem only if something stops you from teaching. The session has not begun, so that can cost you "
        "something: you see it before anything is sent."
    )
    if has_said_absent:
        said = Sentence(gettext_noop("{name} has not come. To say so costs you nothing by itself."), {"name": name})
    else:
        said = _say_waiting(page, name, now)
    return [said, Sentence(unless)]


def _say_waiting(page: LessonPage, name: str, now: datetime) -> Sentence:
    if now >= page.absent_from:
        text = gettext_noop("{name} has not come. Press “Nobody came”: waiting for a student costs you nothing.")
        return Sentence(text, {"name": name})
    text = gettext_noop(
        "{name} has not come yet. Waiting costs you nothing: stay until {until}, then press “Nobody came”."
    )
    return Sentence(text, {"name": name, "until": page.absent_from})


def say_why_not_begun(
    *, attendance: Attendance | None, name: str, absent_from: datetime, now: datetime
) -> list[Sentence]:
    """Why the product takes it that a session under way has not begun, and what else to do; nothing where it has."""
    if attendance is None or attendance.has_begun is not False or not name:
        return []
    why = gettext_noop("The session’s page did not see you and {name} there together, so it has not begun for us.")
    said = [Sentence(why, {"name": name})]
    if not attendance.teacher or attendance.student:
        return said
    if now >= absent_from:
        text = gettext_noop(
            "If it is {name} who does not come, report nothing here: press “Nobody came” on the session’s page. That "
            "costs you nothing by itself."
        )
    else:
        text = gettext_noop(
            "If it is {name} who does not come, report nothing here: wait until {until}, then press “Nobody came” on "
            "the session’s page. That costs you nothing by itself."
        )
    return [*said, Sentence(text, {"name": name, "until": absent_from})]
