"""Browsers that take push messages."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop

from makegood.domain.notifications.models import PushSubscription
from makegood.refusal import Refusal

_LONGEST_ENDPOINT: Final = 1000
# An uncompressed point of P-256, and the shared secret (RFC 8291).
_KEY_BYTES: Final = 65
_SECRET_BYTES: Final = 16


class BrowserUnknown(Refusal):
    """What a browser sent is no subscription of a push service we know."""

    code = "browser_unknown"
    sentence = gettext_noop(
        "This browser's push service is not known to us, so it cannot get messages. Use e-mail, or another browser."
    )


def add_browser(
    *, school_id: int, membership_id: int, endpoint: str, p256dh: str, auth: str, device: str, now: datetime
) -> None:
    """Let a browser take the member's messages, and nobody else's in this school any more. Raises BrowserUnknown."""
    if not _is_known_service(endpoint) or _length(p256dh) != _KEY_BYTES or _length(auth) != _SECRET_BYTES:
        raise BrowserUnknown
    same = PushSubscription.objects.select_for_update(no_key=True).filter(
        school_id=school_id, endpoint=endpoint, ended_at=None
    )
    live = same.first()
    if live is not None and (live.membership_id, live.p256dh, live.auth) == (membership_id, p256dh, auth):
        return
    same.update(ended_at=now, ended_because="renewed")
    PushSubscription.objects.create(
        school_id=school_id,
        membership_id=membership_id,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        device=device[:60],
        made_at=now,
    )


def list_browsers(*, school_id: int, membership_id: int) -> Sequence[PushSubscription]:
    """The browsers that take the member's messages, oldest first."""
    live = PushSubscription.objects.filter(school_id=school_id, membership_id=membership_id, ended_at=None)
    return list(live.order_by("made_at", "pk"))


def end_browser(*, school_id: int, membership_id: int, browser_id: int, because: str, now: datetime) -> bool:
    """A browser of the member takes no more messages. Returns whether there was one."""
    live = PushSubscription.objects.filter(
        school_id=school_id, membership_id=membership_id, pk=browser_id, ended_at=None
    )
    return live.update(ended_at=now, ended_because=because) == 1


def _is_known_service(endpoint: str) -> bool:
    """Only services that browsers come with: the worker sends to this address, so nobody may choose it freely."""
    if len(endpoint) > _LONGEST_ENDPOINT:
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    known = [service for service in settings.PUSH_SERVICES if host == service or host.endswith(f".{service}")]
    is_local = host in {"127.0.0.1", "localhost"}
    return bool(known) and not parts.username and (is_local or (parts.scheme == "https" and port in {None, 443}))


def _length(encoded: str) -> int:
    try:
        return len(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (binascii.Error, ValueError):
        return 0
