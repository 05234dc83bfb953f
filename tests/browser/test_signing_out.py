"""Signing out ends the push subscription of the browser that does it, and waits for that."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.believable import Believable
from tests.browser.conftest import Visit
from tests.browser.test_story import address, cookies_of, find_person, world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

__all__ = ["world"]

# A browser that takes messages: no push service can be reached from a test.
SUBSCRIBED = """Object.defineProperty(navigator, "serviceWorker", {value: {getRegistration: async () => ({pushManager:
  {getSubscription: async () => ({unsubscribe: async () => { sessionStorage.ended = "yes"; return true; }})}})}})"""
# One whose push service never answers.
STUCK = """Object.defineProperty(navigator, "serviceWorker", {value: {getRegistration: () => new Promise(() => {})}})"""


@pytest.mark.parametrize(("browser", "ended"), [(SUBSCRIBED, "yes"), (STUCK, None)], ids=["subscribed", "stuck"])
def test_signing_out_ends_the_messages_to_this_browser(
    visit: Visit, world: Believable, browser: str, ended: str | None
) -> None:
    page, _watch = visit(address(world, "dashboard/"), cookies=cookies_of(find_person(world, "tara")), is_alone=True)
    page.evaluate(browser)
    page.locator("details.menu summary.avatar:visible").click()

    page.get_by_role("button", name="Sign out").click()

    expect(page).not_to_have_url(re.compile("/dashboard/"))
    assert page.evaluate("sessionStorage.ended ?? null") == ended
