"""Where the subject stands right above a message, its first sentence is not said twice; mails keep every sentence."""

from __future__ import annotations

import pytest
from django.test import Client

from makegood import clock
from makegood.domain.notifications.models import Channel, Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership, Person
from makegood.domain.schools.context import in_school
from tests import cast as casting
from tests.bookings import NOW, book, open_mornings
from tests.cast import Cast, make_cast
from tests.objections import DAY, cancelled
from tests.objections import NOON as WEDNESDAY_NOON
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    return made


def messages_of(cast: Cast, member: Membership) -> list[Message]:
    with in_school(cast.school.pk):
        found = Message.objects.filter(recipient=member, channel=Channel.IN_APP)
        return list(found.select_related("recipient__person", "school").order_by("-pk"))


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_body_in_the_app_begins_with_its_title(cast: Cast, client: Client, language: str) -> None:
    Person.objects.filter(pk__in=[cast.tara.person_id, cast.sam.person_id]).update(language=language)
    book(cast)
    sign_in(client, cast.tara.person)

    for member in (cast.tara, cast.sam):
        (message,) = messages_of(cast, member)
        text = render(message)
        assert text.paragraphs[0].split(" (")[0].startswith(text.subject[:20])
        assert not any(part.plain.startswith(text.subject[:20]) for part in text.below)
        assert text.below == text.parts[1:]
    assert (
        text_of(client.get("/marigold/messages/").content).count(render(messages_of(cast, cast.tara)[0]).subject) == 1
    )


def test_only_the_first_sentence_is_left_out(cast: Cast) -> None:
    cancelled(cast, casting.book(cast, starts_at=WEDNESDAY_NOON + 2 * DAY))

    text = render(messages_of(cast, cast.tara)[0])

    assert text.subject.startswith("You cancelled the session with Sam Studies on Fri 23 Oct")
    assert text.below[0].plain == "The student had asked for it, and has been told."
    assert text.paragraphs[0].endswith(text.below[0].plain)
