"""The sentences with both times that nearly every message about a lesson holds."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

# Both times, each with its city; left out when the lesson has no student.
BOTH_TIMES: Final = gettext_noop("{teacher}: {starts_for_teacher}. {student}: {starts_for_student}.")
# A line of a series: the recipient's time with its city, then the other party's.
TIME_OF_SERIES: Final = gettext_noop("{own}. {other}: {theirs}.")
