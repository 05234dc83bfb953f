"""Tech support's page says how it differs from Rescheduling."""

from __future__ import annotations

import pytest
from django.test import Client

from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from tests.believable import Believable
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


def test_support_reads_why_the_list_is_that_of_rescheduling(client: Client, world: Believable) -> None:
    with in_school(world.school.pk):
        olga = Membership.objects.select_related("person").get(code="olga").person
    sign_in(client, olga)

    page = text_of(client.get("/marigold/support/").content)

    assert "These are the sessions of Rescheduling, from today on" in page
