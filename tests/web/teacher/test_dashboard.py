"""My Dashboard, as HTML."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood import clock
from tests.believable import NOW, Believable, make_believable
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def stand(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    stand(NOW)
    return stand


@pytest.fixture
def world(at: Callable[[datetime], None]) -> Believable:
    return make_believable()


def test_dashboard_try(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)
    client.get("/marigold/dashboard/")
    pages = {}
    ref = world.references[1]
    for path in (
        "/marigold/dashboard/", f"/marigold/sessions/{world.next_lesson.pk}/emergency/", "/marigold/sessions/",
        f"/marigold/sessions/{world.next_lesson.pk}/cancel/", f"/marigold/sessions/{world.far_lesson.pk}/cancel/",
        f"/marigold/sessions/{world.far_lesson.pk}/emergency/",
        f"/marigold/cases/{ref}/", f"/marigold/cases/{ref}/reported/", "/marigold/penalties/", "/marigold/statements/", "/marigold/statements/2026-09/", "/marigold/messages/",
    ):
        with CaptureQueriesContext(connection, ) as found:
            response = client.get(path)
        assert response.status_code == 200, (path, response.content[:3000])
        print(path, len(found), len(response.content))
        if path.endswith("dashboard/"):
            for q in found: print("   ", q["sql"][:150])
