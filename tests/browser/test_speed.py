"""How soon the page of an emergency is there on a weak phone over a slow line, as the browser itself measures it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from tests.believable import NOW, make_believable
from tests.browser.conftest import Visit
from tests.browser.looks import PHONE
from tests.web.signed_in import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

LARGEST_SHIFT = 0.02
# The design asks for 2.5 s; docs/performance.md has what was measured. Twice that, because the server, the browser and
# the other tests share the machine while this runs.
LATEST_PAINT_MS = 5_000
# Until a page of one line has come and the line has been idle for half a second, on a quiet machine.
BARE_MS = 1_500
SLOW_LINE = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
WATCH = """
  window.seen = {paint: 0, shift: 0};
  new PerformanceObserver(list => { for (const one of list.getEntries()) window.seen.paint = one.startTime; })
    .observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver(list => { for (const one of list.getEntries()) window.seen.shift += one.value; })
    .observe({type: "layout-shift", buffered: true});
"""


def test_emergency_page_is_there_soon_and_does_not_jump_on_a_weak_phone(
    visit: Visit, at: Callable[[datetime], None], record_property: Callable[[str, object], None]
) -> None:
    at(NOW)
    world = make_believable()
    client = Client()
    sign_in(client, world.cast.tara.person)
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    page, _watch = visit("/alive/", look=PHONE, cookies=cookies, is_alone=True)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send("Network.setCacheDisabled", {"cacheDisabled": True})
    slow.send("Network.emulateNetworkConditions", SLOW_LINE)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(WATCH)

    # The server, the browser and other tests share the machine: a page of one line, in the same minute, says how slow
    # it is just now, and the quickest of three tries is nearest to what the page itself takes.
    address = f"/marigold/sessions/{world.next_lesson.pk}/emergency/"
    tries: list[tuple[float, float]] = []
    while len(tries) < 3 and not any(_is_soon(*one) for one in tries):
        tries.append(_paint_of_both(page, address))
    record_property("largest contentful paint, ms", min(paint for paint, _bare in tries))

    assert any(_is_soon(*one) for one in tries), tries


def _is_soon(paint: float, bare: float) -> bool:
    return 0 < paint <= LATEST_PAINT_MS * max(1.0, bare / BARE_MS)


def _paint_of_both(page: Page, address: str) -> tuple[float, float]:
    """How long the emergency page takes until it is there, which must not jump, and how long a bare one takes."""
    page.goto("/alive/", wait_until="networkidle")
    bare = page.evaluate("performance.now()")
    page.goto(address, wait_until="networkidle")
    seen = page.evaluate("window.seen")
    assert page.get_by_role("button", name="Report emergency, penalty US$0.30").is_visible()
    assert seen["shift"] <= LARGEST_SHIFT
    return seen["paint"], bare
