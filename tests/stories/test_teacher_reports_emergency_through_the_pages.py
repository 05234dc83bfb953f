"""The whole story as a browser without a script sends it: dashboard, report, undo, report again, statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from makegood import clock
from tests.believable import NOW, Believable, make_believable
from tests.web.emergency_page import read_form, text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def stand(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    stand(NOW)
    return stand


@pytest.fixture
def world(stand_at: Callable[[datetime], None]) -> Believable:
    assert stand_at is not None
    return make_believable()


def sign_in_as(world: Believable, code: str) -> Client:
    client = Client()
    member = getattr(world.cast, code, None) or world.students[code]
    sign_in(client, member.person)
    return client


def press_report(tara: Client, world: Believable) -> str:
    """Look at the page, press the red button, and return the reference."""
    url = f"/marigold/sessions/{world.next_lesson.pk}/emergency/"
    answer = tara.post(url, {**read_form(tara.get(url).content), "claim": "2"})
    assert answer.status_code == 302
    return answer.headers["Location"].rstrip("/").split("/")[-2]


def test_report_is_confirmed_and_everybody_sees_it(world: Believable) -> None:
    tara = sign_in_as(world, "tara")

    reference = press_report(tara, world)

    confirmation = text_of(tara.get(f"/marigold/cases/{reference}/reported/").content)
    assert f"Reference {reference} . Received Tue 20 Oct, 14:12" in confirmation
    assert "Send proof by Tue 27 Oct, 23:59" in confirmation
    assert "Until 14:17 you can take the report back." in confirmation
    assert "3 of 3 at the first rate" in text_of(tara.get("/marigold/dashboard/").content)
    assert "Total" not in text_of(tara.get("/marigold/statements/").content)
    assert f"Case {reference}" in text_of(tara.get("/marigold/statements/").content)
    kenji = text_of(sign_in_as(world, "kenji").get("/marigold/lessons/").content)
    assert "This is not your fault and costs you nothing." in kenji
    assert reference in text_of(sign_in_as(world, "desi").get("/marigold/desk/").content)
    assert reference in text_of(sign_in_as(world, "owen").get("/marigold/owner/").content)


def test_undo_brings_the_session_back_and_only_in_time(world: Believable, stand_at: Callable[[datetime], None]) -> None:
    tara = sign_in_as(world, "tara")
    first = press_report(tara, world)
    tara.post(f"/marigold/cases/{first}/undo/")
    assert "2 of 3 at the first rate" in text_of(tara.get("/marigold/dashboard/").content)

    second = press_report(tara, world)
    stand_at(NOW + timedelta(minutes=6))
    late = tara.post(f"/marigold/cases/{second}/undo/", follow=True)

    assert first != second
    assert "A report can be undone for 5 minutes. That time has passed." in text_of(late.content)
    assert "3 of 3 at the first rate" in text_of(tara.get("/marigold/dashboard/").content)
