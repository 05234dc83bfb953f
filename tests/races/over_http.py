"""The product behind a real port, and people who press its buttons: each a browser of their own."""

from __future__ import annotations

import http.client
import threading
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import Client
from django.test.testcases import LiveServerThread

from makegood.actions.transactions import Busy
from makegood.domain.people.models import Membership
from tests.web.signed_in import sign_in

CSRF = "r" * 32
# On a machine with much other work somebody waits for a lock longer than a page may.
BUSY = str(Busy.sentence).encode()
PATIENCE = 10


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back for one button: the status, and where it leads."""

    contest: Any
    status: int
    location: str = ""


@contextmanager
def serving() -> Iterator[int]:
    """The product's pages on a free port of this process, with a thread for each connection."""
    server = LiveServerThread("localhost", StaticFilesHandler, port=0)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    try:
        yield server.port
    finally:
        server.terminate()
        server.join()


class Student:
    """Somebody signed in, in a browser that keeps its connection."""

    def __init__(self, membership: Membership, *, school: str, port: int) -> None:
        client = Client()
        sign_in(client, membership.person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.school, self.port = school, port
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={CSRF}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.times_busy = 0
        self.connection = http.client.HTTPConnection("localhost", port, timeout=60)

    def book(self, contest: Any, *, teacher_id: int, starts_at: datetime) -> Answer:
        """Keep the time and confirm it, as the two pages do; the answer of the last button pressed."""
        slot = {"slot": f"{teacher_id}|{starts_at:%Y-%m-%dT%H:%M:%S+00:00}", "kind": "regular:50"}
        status, kept = self._press(f"/{self.school}/book/", slot)
        if status != 302:
            return Answer(contest=contest, status=status)
        status, location = self._press(kept, {})
        return Answer(contest=contest, status=status, location=location)

    def leave(self) -> None:
        """Close the browser."""
        self.connection.close()

    def _press(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """Press once, and the same form again where the page says that it is busy and to try again."""
        body = urlencode(form | {"request_id": str(uuid.uuid4()), "csrfmiddlewaretoken": CSRF})
        for _again in range(PATIENCE):
            self.connection.request("POST", path, body=body, headers=self.headers)
            response = self.connection.getresponse()
            if BUSY not in response.read():
                break
            self.times_busy += 1
        return response.status, response.getheader("Location", "")


def everybody_at_once(work: Sequence[Any]) -> list[Answer]:
    """Run each person's work, a list of answers, in a thread of their own; they begin together."""
    begin = threading.Barrier(len(work), timeout=60)

    def run(one: Any) -> list[Answer]:
        begin.wait()
        return list(one())

    with ThreadPoolExecutor(len(work)) as threads:
        return [answer for answers in threads.map(run, work) for answer in answers]
