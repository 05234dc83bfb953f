"""A person's calendar, for programs that know its secret address and cannot sign in."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import http_date, parse_etags, quote_etag

from makegood.domain.notifications.feeds import find_feed, school_of
from makegood.domain.people.tokens import hash_of
from makegood.domain.schools.context import in_school
from makegood.reports.calendar_feed import Feed, make_feed
from makegood.web import access


@access.anyone()
def calendar_feed(request: HttpRequest, guest: access.Guest, token: str) -> HttpResponseBase:
    """Answer with the file, or 304 when the program has it already. An unknown or revoked address is no page."""
    limited: HttpResponseBase | None = ratelimit.consume_or_429(
        request, action="calendar_feed", key=hash_of(token), limit_get=True
    )
    if limited is not None:
        return limited
    found = _find(token, guest)
    if found is None:
        return HttpResponse("not found\n", status=404, content_type="text/plain")
    mark = quote_etag(found.mark)
    known = {known.removeprefix("W/") for known in parse_etags(request.headers.get("If-None-Match", ""))}
    response = HttpResponse(status=304) if known & {mark, "*"} else _with_file(found)
    response.headers["ETag"] = mark
    response.headers["Last-Modified"] = http_date(found.changed_at.timestamp())
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _find(token: str, guest: access.Guest) -> Feed | None:
    school_id = school_of(token)
    if school_id is None:
        return None
    with in_school(school_id):
        feed = find_feed(school_id=school_id, token=token)
        return make_feed(feed=feed, now=guest.now) if feed is not None else None


def _with_file(found: Feed) -> HttpResponse:
    response = HttpResponse(found.file, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="lessons.ics"'
    return response
