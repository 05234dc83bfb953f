"""Who asks, as which member: what an endpoint may declare."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from makegood.api.access import calling
from makegood.domain.people.models import Role


def test_no_endpoint_is_opened_to_staff_while_nobody_shows_a_second_factor_there() -> None:
    with (
        pytest.raises(AssertionError, match="second factor"),
        calling(RequestFactory().get("/"), "marigold", Role.STUDENT, Role.DESK),
    ):
        pass
