"""What people see when something of ours is broken, through the real request handling."""

from __future__ import annotations

from typing import NoReturn

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client
from django.urls import path

from makegood.site.urls import *  # noqa: F403 - this module stands in for the addresses, with two more
from makegood.site.urls import urlpatterns as real_addresses
from makegood.web import access


@access.anyone()
def database_is_away(request: HttpRequest, guest: access.Guest) -> NoReturn:
    raise OperationalError("the connection is lost")


@access.anyone()
def we_are_wrong(request: HttpRequest, guest: access.Guest) -> NoReturn:
    raise ZeroDivisionError


urlpatterns = [path("away/", database_is_away), path("wrong/", we_are_wrong), *real_addresses]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_lost_database_is_said_and_the_request_may_be_repeated(client: Client) -> None:
    response = client.get("/away/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "Nothing was saved and nothing was charged." in response.text


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_our_own_error_carries_a_reference_and_no_trace(client: Client) -> None:
    response = client.get("/wrong/")
    assert response.status_code == 500
    assert "ERR-" in response.text
    assert "ZeroDivisionError" not in response.text


@pytest.mark.django_db
def test_a_form_larger_than_any_of_ours_is_answered_in_a_page_and_a_sentence(client: Client) -> None:
    response = client.post("/login/", {"login": "x" * 1_200_000})

    assert response.status_code == 400
    assert (
        "What was sent is larger than any form here, or arrived damaged. Nothing was changed."
        in response.content.decode()
    )
    assert "your browser still has what you typed" in response.content.decode()
