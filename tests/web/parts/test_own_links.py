"""Our own addresses in a message are links; whatever people typed stays text."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.utils.html import escape

from makegood import clock
from makegood.actions.answer_proposal import answer_proposal
from makegood.actions.propose_lesson import propose_lesson
from makegood.domain.timeline.doors import Door
from makegood.web.parts.own_links import link_own
from tests import cast as casting
from tests.bookings import NOW, TUESDAY_NINE, open_mornings
from tests.cast import make_cast
from tests.web.signed_in import sign_in

ADDRESS = "https://makegood.example"


def linked(url: str) -> str:
    """The link to one address, as the page has it."""
    return f'<a href="{escape(url)}" dir="ltr">{escape(url)}</a>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Answer here: {ADDRESS}/marigold/book/", f"Answer here: {linked(f'{ADDRESS}/marigold/book/')}"),
        (f"{ADDRESS}/a?b=1&c=2. Done", f"{linked(f'{ADDRESS}/a?b=1&c=2')}. Done"),
        (f"Or ({ADDRESS}/d), then", f"Or ({linked(f'{ADDRESS}/d')}), then"),
        (f"a\n{ADDRESS}/\n{ADDRESS}/b", f"a\n{linked(f'{ADDRESS}/')}\n{linked(f'{ADDRESS}/b')}"),
    ],
)
def test_our_own_address_is_a_link(text: str, expected: str) -> None:
    assert link_own(text, address=ADDRESS) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no address at all",
        "<script>alert(1)</script> & 'quotes' \"both\"",
        "https://evil.example/",
        "http://makegood.example/",
        "HTTPS://MAKEGOOD.EXAMPLE/",
        "https://makegood.example",
        "https://makegood.example.evil.example/",
        "https://makegood.example@evil.example/",
        "https://makegood.example:8443/",
        "https://evil.example/?to=https://makegood.example/a",
        "javascript:https://makegood.example/a",
        "//makegood.example/",
        "/marigold/lessons/",
        "makegood.example/a",
    ],
)
def test_everything_else_stays_escaped_text(text: str) -> None:
    assert link_own(text, address=ADDRESS) == escape(text)


@pytest.mark.parametrize(
    ("own", "rest"),
    [
        ("/", '"onmouseover="alert(1)'),
        ("/", "'><img src=x>"),
        ("/", "\u202egpj"),
        ("//evil.example/", ""),
    ],
)
def test_nothing_breaks_out_of_a_link_or_leads_elsewhere(own: str, rest: str) -> None:
    assert link_own(f"{ADDRESS}{own}{rest}", address=ADDRESS) == linked(f"{ADDRESS}{own}") + escape(rest)


@pytest.mark.django_db
def test_messages_link_to_our_pages_and_to_nothing_that_people_typed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    cast = make_cast()
    open_mornings(cast)
    casting.book(cast, starts_at=NOW + timedelta(days=20))
    hostile = "<a href=https://evil.example/>Free</a> https://evil.example/ javascript:alert(1)"
    proposed = propose_lesson(
        school=cast.school, actor=cast.tara, student_id=cast.sam.pk, starts_at=TUESDAY_NINE, minutes=50,
        lesson_type="regular", note="", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip
    answer_proposal(
        school=cast.school, actor=cast.sam, lesson_id=proposed.lesson_id, accept=False, reason=hostile,
        request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip

    links = {}
    for member, path in ((cast.sam, "lessons"), (cast.tara, "messages")):
        sign_in(client, member.person)
        page = BeautifulSoup(client.get(f"/marigold/{path}/").content, "html.parser")
        links[path] = [str(link["href"]) for link in page.select(".notice a")]
        told = page.select_one(".notice")
        assert told is not None
        assert (hostile in told.get_text()) == (member == cast.tara)

    assert links == {"lessons": [f"{settings.ADDRESS}/marigold/book/proposals/"], "messages": []}
