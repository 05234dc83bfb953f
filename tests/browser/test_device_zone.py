"""The script tells the zone of the device, the page asks which is right, and an answer by tap is kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.believable import make_believable
from tests.browser.conftest import Visit
from tests.browser.looks import PHONE
from tests.browser.test_story import cookies_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_who_reads_on_a_device_of_another_zone_is_asked_and_keeps_their_own(visit: Visit) -> None:
    lea = make_believable().students["lea"]
    # Browsers of these tests stand in Manila, and Léa lives in Paris.
    page, _watch = visit("/marigold/lessons/", look=PHONE, cookies=cookies_of(lea.person))
    question = page.get_by_role("region", name="Your time zone")

    expect(question).to_have_count(0)
    page.reload()
    expect(question).to_contain_text("Your device says Manila (GMT+8), your settings say Paris (GMT+")
    question.get_by_role("button", name="Keep Paris").tap()

    expect(page).to_have_url("/marigold/lessons/")
    expect(question).to_have_count(0)
