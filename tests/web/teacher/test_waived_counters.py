"""My Dashboard says why a pause counts more cases than the rate."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from makegood.actions.decide_incident import decide_incident
from makegood.actions.preview_decision import preview_decision
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import Decision
from tests.believable import NOW, Believable
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


def test_a_waived_case_that_counts_for_the_pause_alone_is_named(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)
    before = text_of(client.get("/marigold/dashboard/").content)
    _waive(world, world.references[1])

    after = text_of(client.get("/marigold/dashboard/").content)

    assert "Waived, so without a penalty, but counted here" not in before
    assert "Waived, so without a penalty, but counted here 1" in after


def _waive(world: Believable, reference: str) -> None:
    seen = preview_decision(
        school=world.school, actor=world.cast.rhea, reference=reference, decision=Decision.WAIVED, now=NOW
    ).seen
    decide_incident(
        school=world.school,
        actor=world.cast.rhea,
        reference=reference,
        decision=Decision.WAIVED,
        reason="Proof of the accident.",
        seen=seen,
        is_exception=True,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )
