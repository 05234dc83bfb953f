"""What statuses of lessons have in common; the audits in SQL say the same in their own words."""

from __future__ import annotations

from typing import Final

from makegood.domain.lessons.models import LessonStatus

# Their time is kept while somebody decides; they lapse.
WAITING: Final = (LessonStatus.HELD, LessonStatus.REQUESTED)
# Nothing is recorded of them since they were booked.
OPEN: Final = (LessonStatus.BOOKED, LessonStatus.IN_PROGRESS)
# Their time is taken.
LIVE: Final = (*WAITING, *OPEN)
# Two who have one of these met, or will: nothing waits for a word any more, and it was not called off or missed.
MEETINGS: Final = (*OPEN, LessonStatus.TAUGHT, LessonStatus.CUT_SHORT)
# Of two who have one of these, or wait for a word about one, a first meeting would be the second.
MEETINGS_AND_WAITING: Final = (*WAITING, *MEETINGS)
# Nobody came for these; what is missed or cut short was to take place.
CALLED_OFF: Final = (LessonStatus.CANCELLED, LessonStatus.MOVED)
# They were booked and were not held, or not whole.
OFF: Final = (LessonStatus.CANCELLED, LessonStatus.CUT_SHORT, LessonStatus.MISSED)
# Times that were kept for a lesson which is not, or not yet.
NEVER_A_LESSON: Final = (*WAITING, LessonStatus.RELEASED)
