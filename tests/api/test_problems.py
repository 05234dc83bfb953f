"""Whatever goes wrong below /api/ is said as a problem (RFC 9457), by whatever finds it."""

from __future__ import annotations

import importlib
from http import HTTPStatus
from typing import Any

import pytest
from django.core.signals import request_started
from django.db import OperationalError, close_old_connections
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from ninja import NinjaAPI, Schema

from makegood.api import problems
from makegood.postgres import roles
from makegood.site.urls import *  # noqa: F403 - this module stands in for the addresses, with more of them
from makegood.site.urls import urlpatterns as real_addresses

pytestmark = pytest.mark.django_db


class Wish(Schema):
    minutes: int


later = NinjaAPI(urls_namespace="later", docs_url=None, openapi_url=None)
problems.explain_problems(later)


@later.post("/wishes")
def wish(request: HttpRequest, wish: Wish) -> Wish:
    return wish


@later.get("/broken")
def broken(request: HttpRequest) -> None:
    raise ZeroDivisionError


@later.get("/away")
def away(request: HttpRequest) -> None:
    raise OperationalError("the connection is lost")


urlpatterns = [path("api/later/", later.urls), *real_addresses]
LESSONS = "/api/v1/schools/marigold/lessons/coming"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("method", "address", "sent", "kind", "expected"),
    [
        ("POST", LESSONS, "", "application/json", 405),
        ("DELETE", LESSONS, "", "", 405),
        ("GET", "/api/", "", "", 404),
        ("GET", "/api/v2/schools/marigold/lessons/coming", "", "", 404),
        ("POST", "/api/v1/no/such/thing", "{}", "application/json", 404),
        ("GET", "/api/v1/%00", "", "", 400),
        ("POST", "/api/later/wishes", "minutes=50", "application/x-www-form-urlencoded", 400),
        ("POST", "/api/later/wishes", "<minutes/>", "text/xml", 400),
        ("POST", "/api/later/wishes", "[50]", "application/json", 422),
        ("POST", "/api/later/wishes", "9" * 1_200_000, "application/json", 400),
        ("GET", "/api/later/broken", "", "", 500),
        ("GET", "/api/later/away", "", "", 503),
    ],
)
def test_an_error_is_a_problem(client: Client, method: str, address: str, sent: str, kind: str, expected: int) -> None:
    answer = client.generic(method, address, sent, content_type=kind)

    problem = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (expected, "application/problem+json")
    assert (problem["status"], problem["title"]) == (expected, HTTPStatus(expected).phrase)
    assert problem["detail"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.urls(__name__)
def test_a_problem_keeps_what_a_program_needs(client: Client) -> None:
    assert client.post(LESSONS).headers["Allow"] == "GET"
    assert client.get("/api/later/away").headers["Retry-After"] == "10"


def test_a_body_in_another_encoding_is_refused_as_a_problem_before_the_framework(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The entry point looks at the login of the settings, which are nobody's in a test.
    monkeypatch.setattr(roles, "refuse_unsafe_login", lambda *, dsn: None)
    application = importlib.import_module("makegood.site.wsgi").application
    kind = "application/json; charset=zlib"
    environ = Client()._base_environ(PATH_INFO=LESSONS, REQUEST_METHOD="POST", CONTENT_TYPE=kind)
    started: list[Any] = []

    request_started.disconnect(close_old_connections)
    (body,) = application(environ, lambda status, headers: started.append((status, dict(headers)["Content-Type"])))
    request_started.connect(close_old_connections)

    assert started == [("415 Unsupported Media Type", "application/problem+json")]
    assert b'"detail": "Send this in UTF-8."' in body
