"""The addresses of the product. Each face brings its own; this file only says where they hang."""

from __future__ import annotations

import os

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from makegood.api import problems


def alive(_request: HttpRequest) -> HttpResponse:
    """Answer that this process serves; reads nothing. `./run` knows its own process by the mark it gave it."""
    mark = os.environ.get("MAKEGOOD_RUN_MARK")
    return HttpResponse("alive\n", content_type="text/plain", headers={"X-Run-Mark": mark} if mark else None)


def ready(_request: HttpRequest) -> HttpResponse:
    """Answer that this process serves and reaches its database. The worker asks it every minute, and so may others."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("The database is not reached.\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


urlpatterns: list[URLPattern | URLResolver] = [
    path("alive/", alive, name="alive"),
    path("ready/", ready, name="ready"),
    path("api/v1/", include("makegood.api.v1.urls")),
    re_path(r"^api/", problems.nothing_here, name="api_nothing_unversioned"),
    path("", include("makegood.web.urls")),
]

if settings.DEBUG:
    urlpatterns.insert(0, path("design/", include("makegood.web.parts.gallery")))

handler400 = "makegood.web.parts.errors.bad_request"
handler403 = "makegood.web.not_found.not_found"
handler404 = "makegood.web.not_found.not_found"
handler500 = "makegood.web.parts.errors.server_error"
