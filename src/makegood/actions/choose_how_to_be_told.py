"""A member chooses how to be told: channels by topic, quiet hours, calendar address, browsers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from makegood.actions.transactions import in_one_transaction
from makegood.domain.notifications import browsers, choosing, feeds
from makegood.domain.notifications.models import Channel, Topic
from makegood.domain.notifications.quiet_hours import Quiet
from makegood.domain.people.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """What a browser says of itself when it subscribes (Push API)."""

    endpoint: str
    p256dh: str
    auth: str
    device: str


def choose_how_to_be_told(
    *, member: Membership, wanted: Mapping[tuple[Topic, Channel], bool], quiet: Quiet | None, now: datetime
) -> None:
    """Record what differs from before, for messages from now on. Emergencies by e-mail stay on, whatever was sent."""

    def work() -> None:
        chooser = {"school_id": member.school_id, "membership_id": member.pk}
        choosing.choose_channels(**chooser, wanted=wanted, now=now)
        choosing.choose_quiet_hours(**chooser, quiet=quiet, now=now)

    in_one_transaction(member.school_id, work)


def renew_calendar(*, member: Membership, now: datetime) -> str:
    """Make a new secret address of the member's calendar; the one before stops working. Returns its token."""
    return in_one_transaction(
        member.school_id,
        lambda: feeds.renew_feed(school_id=member.school_id, membership_id=member.pk, now=now),
    )


def end_calendar(*, member: Membership, now: datetime) -> None:
    """The address of the member's calendar stops working."""
    in_one_transaction(
        member.school_id,
        lambda: feeds.revoke_feed(school_id=member.school_id, membership_id=member.pk, now=now),
    )


def add_browser(*, member: Membership, browser: Browser, now: datetime) -> None:
    """Let a browser take the member's messages. Raises BrowserUnknown."""
    in_one_transaction(
        member.school_id,
        lambda: browsers.add_browser(
            school_id=member.school_id,
            membership_id=member.pk,
            endpoint=browser.endpoint,
            p256dh=browser.p256dh,
            auth=browser.auth,
            device=browser.device,
            now=now,
        ),
    )


def end_browser(*, member: Membership, browser_id: int, now: datetime) -> bool:
    """One of the member's browsers takes no more messages. Returns whether there was one."""
    return in_one_transaction(
        member.school_id,
        lambda: browsers.end_browser(
            school_id=member.school_id,
            membership_id=member.pk,
            browser_id=browser_id,
            because="ended by the member",
            now=now,
        ),
    )
