"""A push message in a real browser: its service worker shows what the server sends, once, and leads to its page.

No push service can be reached from a test, so the browser is handed the message where it would come from one.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from django.db.models import Max

from makegood.domain.notifications.channels import push
from makegood.domain.notifications.models import Message
from makegood.domain.schools.context import in_school
from tests.believable import Believable
from tests.browser.conftest import Visit
from tests.browser.test_story import address, cookies_of, find_person, world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

__all__ = ["world"]

REGISTER = """async () => { await navigator.serviceWorker.register("/sw.js"); await navigator.serviceWorker.ready; }"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(one => ({title: one.title, body: one.body, tag: one.tag, url: one.data.url}))"""


def test_a_push_message_is_shown_once_and_leads_to_its_page(visit: Visit, world: Believable) -> None:
    person = find_person(world, "tara")
    page, watch = visit(
        address(world, "notifications/"),
        cookies=cookies_of(person),
        is_alone=True,
        permissions=["notifications"],
    )
    devtools = page.context.new_cdp_session(page)
    registrations: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.evaluate(REGISTER)
    with in_school(world.school.pk):
        latest = Message.objects.filter(recipient__person=person).aggregate(latest=Max("pk"))["latest"]
        message = Message.objects.select_related("recipient__person", "school").get(pk=latest)
        payload = push._payload(message)

    for _copy in range(2):
        devtools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": page.evaluate("origin"), "registrationId": registrations[-1], "data": payload},
        )

    page.wait_for_function(f"async () => (await ({SHOWN})()).length === 1")
    sent = json.loads(payload)
    assert page.evaluate(SHOWN) == [{name: sent[name] for name in ("title", "body", "tag", "url")}]
    page.goto(urlsplit(sent["url"]).path)
    assert page.get_by_role("heading", level=1).count() == 1
    assert watch.complaints == []
