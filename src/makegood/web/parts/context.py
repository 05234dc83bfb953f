"""What every template may use: `now`, `school`, `sections`, `more`, `initials`, `theme`, `zone_question`. No query."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from makegood import clock
from makegood.web.parts import navigation
from makegood.web.parts.device_zone import find_zone_question


def page(request: HttpRequest) -> dict[str, Any]:
    """The frame's values, from what earlier steps of the request put on it.

    `request.now` is the instant of the request (else the clock is read), `request.school` the school of the address;
    the role is that of the visit, else the namespace of the address (`teacher:dashboard`). Each may be missing: error
    pages use the same frame.
    """
    school = getattr(request, "school", None)
    match = request.resolver_match
    role = match.namespaces[0] if match is not None and match.namespaces else ""
    visit = getattr(request, "visit", None)
    if visit is not None:
        role = visit.role.value
    theme = request.COOKIES.get("theme", "")
    now = page_now(request)
    sections = _sections(role, school, request)
    return {
        "now": now,
        "school": school,
        "sections": sections,
        "more": navigation.behind_more(sections),
        "initials": initials_of(_name(request)),
        "theme": theme if theme in {"light", "dark"} else "",
        "zone_question": find_zone_question(request, now=now),
    }


def page_now(request: HttpRequest) -> datetime:
    """The instant the page is made for."""
    now = getattr(request, "now", None)
    return now if isinstance(now, datetime) else clock.now()


def _sections(role: str, school: Any, request: HttpRequest) -> list[navigation.Section]:
    if school is None:
        return []
    counts = getattr(request, "section_counts", None)
    return navigation.sections_of(
        role=role, school_slug=school.slug, path=request.path, has_money=school.pays_teachers, counts=counts
    )


def _name(request: HttpRequest) -> str:
    person = getattr(request, "user", None)
    return str(person.get_full_name()) if person is not None and person.is_authenticated else ""


def initials_of(name: str) -> str:
    """The first letters of the first and the last name: `Maria Luz Santos` gives `MS`."""
    # Signs that are no letters, such as changes of direction, would show nothing or turn the rest round.
    firsts = [first for word in name.split() if (first := next(filter(str.isalnum, word), ""))]
    return "".join(firsts[:1] + firsts[1:][-1:]).upper()
