"""Passkeys in a real browser with an authenticator that the browser plays."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from makegood.domain.people.models import Role
from tests.browser.conftest import Visit
from tests.schools import PASSWORD, make_member, make_person, make_school

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def give_authenticator(page: Page) -> None:
    """Let the browser have a platform authenticator that always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_owner_adds_a_passkey_and_signs_in_with_it_alone(visit: Visit) -> None:
    owen = make_person("Owen", password=PASSWORD)
    make_member(make_school(), owen, [Role.OWNER])
    page, _watch = visit("/login/", is_alone=True)
    give_authenticator(page)
    page.get_by_label("E-mail address").fill(owen.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/security/needed/")

    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/security/recovery-codes/")
    page.goto("/marigold/owner/")
    added = page.get_by_role("heading", level=1).inner_text()

    page.goto("/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/marigold/owner/")

    assert added.startswith("Overview, ")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Overview, ")


def test_without_javascript_the_passkey_button_is_left_out_and_the_rest_works(visit: Visit) -> None:
    tara = make_person("Tara", password=PASSWORD)
    make_member(make_school(), tara, [Role.TEACHER])
    page, _watch = visit("/login/", java_script_enabled=False)
    has_button = page.get_by_role("button", name="Use a passkey").is_visible()
    page.get_by_label("E-mail address").fill(tara.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/marigold/dashboard/")

    assert has_button is False
    assert page.get_by_role("heading", level=1).inner_text() == "My Dashboard"
