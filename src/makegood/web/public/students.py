"""What holds for students: moving and cancelling, and what happens when a teacher cannot come. All may read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.availability.queries import get_rules
from makegood.domain.policies.queries import get_timetable
from makegood.rules.facts import Kind
from makegood.rules.plain_words.durations import say_minutes
from makegood.rules.sentences import Sentence, Wording, gettext_noop
from makegood.web import access


@access.anyone_in_school()
def for_students(request: HttpRequest, guest: access.Guest) -> HttpResponseBase:
    """Show what the policy in force and the booking rules mean for a student."""
    assert guest.school is not None
    timetable = get_timetable(school_id=guest.school.pk)
    found = timetable.find_at(guest.now)
    students = found.policy.students if found else None
    context: dict[str, Any] = {
        "frame": "base.html" if access.is_inside(request) else "base_public.html",
        "rules": get_rules(school_id=guest.school.pk),
        "free": _say_free(students.cancel_free_minutes) if students else None,
        "late_is_used": students is not None and Kind.CANCELLED in students.paid_kinds,
        "missed_is_used": students is not None and Kind.NO_SHOW in students.paid_kinds,
        "longest_wait": timetable.waiting_at(guest.now).wait_minutes,
        "takes_money": found is not None and found.policy.takes_money,
    }
    return render(request, "public/for_students.html", context)


def _say_free(minutes: int) -> Sentence:
    """In hours of elapsed time: a day is not 24 of them when clocks change."""
    return say_minutes(
        minutes,
        in_hours=Wording(
            gettext_noop(
                "You can move or cancel a lesson free of charge until {count} hour before it starts; exactly then is "
                "still in time."
            ),
            gettext_noop(
                "You can move or cancel a lesson free of charge until {count} hours before it starts; exactly then is "
                "still in time."
            ),
        ),
        in_minutes=Wording(
            gettext_noop(
                "You can move or cancel a lesson free of charge until {count} minute before it starts; exactly then is "
                "still in time."
            ),
            gettext_noop(
                "You can move or cancel a lesson free of charge until {count} minutes before it starts; exactly then "
                "is still in time."
            ),
        ),
    )
