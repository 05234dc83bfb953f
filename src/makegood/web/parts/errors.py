"""The pages shown when something is wrong; they work without a database."""

from __future__ import annotations

import secrets
import sys
from typing import Final

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.encoding import escape_uri_path

from makegood.web.parts import context

log = structlog.get_logger()

# No 0/O, 1/I/L: people read references aloud over a bad line.
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

# A database that was killed is back within seconds (docs/operations.md).
_RETRY_AFTER_SECONDS: Final = "10"


def server_error(request: HttpRequest) -> HttpResponse:
    """500: an error of ours, with a reference that also stands in the log. 503 while the database is away."""
    if isinstance(sys.exc_info()[1], InterfaceError | OperationalError):
        log.error("database_away", path=escape_uri_path(request.path))
        response = _answer(request, "503.html", status=503)
        response.headers["Retry-After"] = _RETRY_AFTER_SECONDS
        return response
    reference = "ERR-" + "".join(secrets.choice(_LETTERS) for _ in range(5))
    log.error("page_broke", reference=reference, path=escape_uri_path(request.path))
    return _answer(request, "500.html", status=500, reference=reference)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent is larger than any of our forms, or no form at all. The browser still has what was typed."""
    log.warning("request_unreadable", path=escape_uri_path(request.path), reason=type(exception).__name__)
    return _answer(request, "400.html", status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the form guard: the page was open too long, or cookies are off."""
    return _answer(request, "403_csrf.html", status=403)


def _answer(request: HttpRequest, template: str, *, status: int, **values: str) -> HttpResponse:
    # A part of a page gets a part as its answer; a whole page would land inside a card.
    is_partial = request.headers.get("HX-Request") == "true"
    name = f"{template}#message" if is_partial else template
    school = getattr(request, "school", None)
    frame = {"school": school, "now": context.page_now(request), "request": None, **values}
    return HttpResponse(loader.get_template(name).render(frame), status=status)
