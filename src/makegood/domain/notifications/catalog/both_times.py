"""The sentences with both times that nearly every message about a lesson holds."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

# Both times, each with its city; left out when the lesson has no student.
BOTH_TIMES: Final = gettext_noop("{teacher}: {starts_for_teacher}. {student}: {starts_for_student}.")
# What teacher and student read in its place: their own time stands in the line before, with its city.
OTHER_TIME: Final = gettext_noop("{other}: {starts_for_other}.")
# A line of a series: the recipient's time, and the other party's in brackets; whose zones they are is said once, above.
TIME_OF_SERIES: Final = gettext_noop("{own} ({theirs})")
# Of a list of times; left out where the other party's zone is not known.
IN_BRACKETS: Final = gettext_noop("In brackets stands the time of {other}: {other_city}.")
# The end of a mail about a series; `link` leads to where a calendar is subscribed to.
CALENDAR_THAT_FOLLOWS: Final = gettext_noop(
    "To have all of them in your calendar, with every later change, subscribe to it: {link}"
)
ALL_IN_A_FILE: Final = gettext_noop(
    "The attached file {file} has all of them as they are now, to be imported once. Some calendars keep what was "
    "imported when it is cancelled later."
)
# The end of a mail that names times.
YOUR_TIME: Final = gettext_noop("Times without a city are your time: {city}.")
