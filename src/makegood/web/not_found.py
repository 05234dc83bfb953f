"""One answer for what does not exist and for what somebody may not see; signed out, it is the way to sign-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotFound
from django.template import loader

from makegood.web.access import to_sign_in


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """The same bytes for every reason: the page knows neither the address nor the school nor the person."""
    # Middleware that ends a request early leaves it without a person.
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return to_sign_in(request)
    # A part of a page gets a part as its answer; a whole page would land inside a card.
    name = "404.html#message" if request.headers.get("HX-Request") == "true" else "404.html"
    return HttpResponseNotFound(loader.render_to_string(name))
