"""Messages to browsers through their push services (RFC 8030), encrypted for the browser (RFC 8291)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from django.conf import settings

from makegood.domain.notifications.browsers import list_browsers
from makegood.domain.notifications.calendars import clean_line
from makegood.domain.notifications.delivery import BrowserGone, DeliveryFailed
from makegood.domain.notifications.links import page_of
from makegood.domain.notifications.models import Message, PushSubscription
from makegood.domain.notifications.texts import render
from makegood.domain.schools.context import in_school

_GONE: Final = frozenset({404, 410})
_TIMEOUT_SECONDS: Final = 10
# Kept by the push service for a browser that is off; a later message would be stale news.
_KEPT_SECONDS: Final = 24 * 60 * 60
_LONGEST_TEXT: Final = 400


def deliver(message: Message) -> None:
    """Hand the message to every browser of the recipient. Raises DeliveryFailed, and BrowserGone for ended ones.

    It is delivered when one of them took it; the browser shows a second copy in place of the first (`tag`).
    """
    with in_school(message.school_id):
        browsers = list_browsers(school_id=message.school_id, membership_id=message.recipient_id)
    payload = _payload(message)
    answers = {browser.pk: _push(browser, payload) for browser in browsers}
    gone = [browser for browser in browsers if answers[browser.pk] in _GONE]
    taken = [answer for answer in answers.values() if answer == 0]
    if gone:
        raise BrowserGone(
            browser_ids=[browser.pk for browser in gone], is_delivered=bool(taken), has_others=len(gone) < len(browsers)
        )
    if not taken:
        raise DeliveryFailed(_in_words(list(answers.values())), permanent=not browsers)


def _payload(message: Message) -> str:
    text = render(message)
    return json.dumps(
        {
            "title": clean_line(text.subject)[:_LONGEST_TEXT],
            "body": text.paragraphs[0][:_LONGEST_TEXT] if text.paragraphs else "",
            "url": page_of(message),
            "tag": message.effect_key,
        },
        ensure_ascii=False,
    )


def _push(browser: PushSubscription, payload: str) -> int:
    """0 when the push service took it, else its answer; 599 when there was none."""
    import requests  # noqa: PLC0415 - inline: slow; only the worker sends, and these load for a fifth of a second
    from pywebpush import WebPushException, webpush  # noqa: PLC0415 - inline: slow; likewise

    connection = requests.Session()
    # The address was checked when the browser subscribed; a redirect would lead elsewhere.
    connection.max_redirects = 0
    try:
        webpush(
            subscription_info={"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}},
            data=payload,
            vapid_private_key=settings.PUSH_KEY,
            vapid_claims={"sub": settings.PUSH_CONTACT},
            headers={"Urgency": "high"},
            ttl=_KEPT_SECONDS,
            timeout=_TIMEOUT_SECONDS,
            requests_session=connection,
        )
    except WebPushException as refused:
        return refused.response.status_code if refused.response is not None else 599
    except requests.RequestException:
        return 599
    finally:
        connection.close()
    return 0


def _in_words(answers: Sequence[int]) -> str:
    if not answers:
        return "No browser takes this member's messages any more."
    return f"The push service answered {', '.join(str(answer) for answer in sorted(set(answers)))}."
