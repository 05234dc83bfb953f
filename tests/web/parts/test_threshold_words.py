"""What a threshold brings is one sentence per thing, in words for its reader."""

from __future__ import annotations

import pytest
from django.test import Client

from makegood.rules.facts import ConsequenceKind
from makegood.rules.settings.counting import Cause, ConsequenceRule, Release
from makegood.web.parts.threshold_words import say_threshold
from makegood.wording.reader import Reader
from makegood.wording.sentences import sentence_text
from tests.believable import Believable
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

READER = Reader.of(language="en", zone="Asia/Manila")


def words(kind: ConsequenceKind, *, is_own: bool, hours: int | None = 168, release: Release = Release.TIME) -> str:
    rule = ConsequenceRule(
        kind=kind, cause=Cause.COUNT, counter="month", at_count=4, lasts_hours=hours, release=release
    )
    return " ".join(sentence_text(said, READER) for said in say_threshold(rule, is_own=is_own))


def test_a_pause_names_its_number_and_how_long_it_lasts() -> None:
    pause = ConsequenceKind.PAUSE_ACCOUNT

    assert words(pause, is_own=True) == "Number 4 pauses your account for new bookings. That lasts 7 days."
    assert words(pause, is_own=False) == "Number 4 pauses the account for new bookings. That lasts 7 days."
    assert words(pause, is_own=True, hours=5).endswith("That lasts 5 hours.")
    assert words(pause, is_own=True, hours=None, release=Release.STAFF).endswith("until the school ends it.")


@pytest.mark.parametrize("kind", ConsequenceKind)
@pytest.mark.parametrize("release", Release)
def test_nobody_else_is_spoken_to_as_the_teacher(kind: ConsequenceKind, release: Release) -> None:
    said = words(kind, is_own=False, hours=48 if release is Release.TIME else None, release=release)

    assert "4" in said
    assert "you" not in said.lower()


@pytest.mark.django_db
def test_the_dashboard_says_what_the_fourth_of_a_month_brings(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)

    said = text_of(client.get("/marigold/dashboard/").content)

    assert "Number 4 pauses your account for new bookings. That lasts 7 days." in said
    assert "means:" not in said
