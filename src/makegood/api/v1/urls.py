"""The addresses of version 1, and its description (OpenAPI)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI
from ninja.security import SessionAuth

from makegood.api import problems
from makegood.api.v1 import coming_lessons

api = NinjaAPI(
    title="Makegood",
    version="1",
    description="Times are instants in UTC. Errors are problem details (RFC 9457). What you may not see answers 404.",
    urls_namespace="api_1",
    auth=SessionAuth(),
    docs_url=None,
)
problems.explain_problems(api)
api.add_router("", coming_lessons.router)


urlpatterns: list[URLPattern | URLResolver] = [
    path("", problems.nothing_here, name="api_nothing"),
    path("", api.urls),
    re_path(r"^.+", problems.nothing_here, name="api_nothing_else"),
]
