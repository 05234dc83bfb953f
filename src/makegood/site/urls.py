"""The addresses of the product. Each face brings its own; this file only says where they hang."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path


def alive(_request: HttpRequest) -> HttpResponse:
    """Answer that this process serves; reads nothing."""
    return HttpResponse("alive\n", content_type="text/plain")


urlpatterns: list[URLPattern | URLResolver] = [
    path("alive/", alive, name="alive"),
    path("", include("allauth.urls")),
]

handler404 = "makegood.web.parts.errors.page_not_found"
handler500 = "makegood.web.parts.errors.server_error"
