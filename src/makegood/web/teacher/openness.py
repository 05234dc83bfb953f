"""What My Dashboard says of how far ahead the teacher is open, and of a pause of matching."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from makegood.reports.teaching_calendar import OpenAhead, get_ahead
from makegood.rules.sentences import Sentence, Value
from makegood.web import access
from makegood.web.parts import components as c


def list_attention(visit: access.Visit) -> list[c.Attention]:
    """While matching pauses, while too little is open ahead, and in the last week before it; else nothing."""
    ahead = get_ahead(school=visit.school, teacher=visit.membership, zone=visit.person.zone, now=visit.now)
    found = _words(ahead)
    if found is None:
        return []
    title, reason = found
    url = reverse("teacher:availability", kwargs={"school": visit.school.slug})
    return [
        c.Attention(
            title=title,
            reason=reason,
            deadline=ahead.pauses_at,
            deadline_label=Sentence(gettext_noop("left to open more") if ahead.pauses_at else ""),
            actions=[c.Link(url, _("Teaching Calendar"), "calendar")],
        )
    ]


def _words(ahead: OpenAhead) -> tuple[Sentence, Sentence] | None:
    fresh = ahead.freshness
    if ahead.pause is not None:
        warning = ahead.pause.warning
        values: dict[str, Value] = {"warned_at": warning.warned_at, "since": warning.broken_since_at}
        return (
            Sentence(
                gettext_noop("Matching pauses until {paused_until}: new students cannot book you."),
                {"paused_until": ahead.pause.ends_at},
            ),
            Sentence(
                gettext_noop(
                    "Too little of your calendar had been open since {since}, and we warned you on {warned_at}. "
                    "Your students can still book you."
                ),
                values,
            ),
        )
    if not ahead.is_warned_of:
        return None
    if fresh.broken_since_on is not None:
        title = Sentence(
            gettext_noop("Too little of your calendar has been open since {day}."), {"day": fresh.broken_since_on}
        )
    else:
        assert fresh.breaks_on is not None, "it is warned of"
        title = Sentence(gettext_noop("Your calendar is open too short from {day}."), {"day": fresh.breaks_on})
    if ahead.pauses_at is None or ahead.resumes_at is None:
        needs = gettext_noop("Each week of the next {count} days needs some open time.")
        return title, Sentence(needs, {"count": fresh.needed_days})
    return title, Sentence(
        gettext_noop(
            "Each week of the next {count} days needs some open time, or matching pauses from {pauses_at} to "
            "{resumes_at}: new students then cannot book you."
        ),
        {"count": fresh.needed_days, "pauses_at": ahead.pauses_at, "resumes_at": ahead.resumes_at},
    )
