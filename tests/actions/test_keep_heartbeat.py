"""The pages are asked over HTTP, as a person would reach them; only their own answer counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from makegood.actions.keep_heartbeat import keep_heartbeat
from makegood.domain.uptime.models import Heartbeat
from makegood.jobs.uptime import keep_heartbeat_regularly

NOON = datetime(2026, 10, 21, 12, 0, 7, tzinfo=UTC)


@contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[str]:
    """A server that gives one answer to everything; its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_pages_that_answer_are_on_record(live_server: LiveServer) -> None:
    address = live_server.url

    assert keep_heartbeat(address=address, host=urlsplit(address).netloc, now=NOON)

    assert [row.minute for row in Heartbeat.objects.all()] == [NOON.replace(second=0)]


@pytest.mark.django_db(transaction=True)
def test_the_job_asks_where_it_is_told_to(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "READY_ADDRESS", live_server.url)
    monkeypatch.setattr(settings, "ADDRESS", "http://localhost")

    keep_heartbeat_regularly(timestamp=0)

    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (503, b"ready\n", {}),
        (404, b"ready\n", {}),
        (200, b"Welcome to nginx!\n", {}),
        (200, b"ready\nand more", {}),
        (200, b"", {}),
        (302, b"", {"Location": "/ready/"}),
    ],
)
def test_another_answer_is_none(status: int, body: bytes, headers: dict[str, str]) -> None:
    with answering(status, body, **headers) as address:
        assert not keep_heartbeat(address=address, host="localhost", now=NOON)

    assert not Heartbeat.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://name.invalid", "http://[::"])
def test_nobody_answers(address: str) -> None:
    assert not keep_heartbeat(address=address, host="localhost", now=NOON)


@pytest.mark.django_db
def test_a_proxy_of_the_surroundings_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with answering(200, b"ready\n") as address:
        assert keep_heartbeat(address=address, host="localhost", now=NOON)


@pytest.mark.django_db
def test_a_process_that_does_not_reach_its_database_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/ready/").content == b"ready\n"

    def refuse() -> None:
        message = "connection refused"
        raise OperationalError(message)

    monkeypatch.setattr(connection, "ensure_connection", refuse)

    assert Client().get("/ready/").status_code == 503
