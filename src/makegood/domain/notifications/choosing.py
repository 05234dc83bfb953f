"""What members choose: channels by topic, and quiet hours. Each choice is a new row; the latest holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from makegood.domain.notifications.models import Channel, ChannelChoice, QuietHours, Topic
from makegood.domain.notifications.quiet_hours import Quiet
from makegood.domain.notifications.wishes import LOCKED, list_wishes


def choose_channels(
    *, school_id: int, membership_id: int, wanted: Mapping[tuple[Topic, Channel], bool], now: datetime
) -> None:
    """Record what differs from what held before. What cannot be switched off is passed by."""
    wishes = list_wishes(school_id=school_id, membership_ids=[membership_id])[membership_id]
    ChannelChoice.objects.bulk_create(
        ChannelChoice(
            school_id=school_id,
            membership_id=membership_id,
            topic=topic,
            channel=channel,
            is_on=is_on,
            chosen_at=now,
        )
        for (topic, channel), is_on in wanted.items()
        if (topic, channel) not in LOCKED and is_on == ((topic, channel) in wishes.off)
    )


def choose_quiet_hours(*, school_id: int, membership_id: int, quiet: Quiet | None, now: datetime) -> None:
    """Record the quiet hours, None for none, where they differ from those before."""
    if list_wishes(school_id=school_id, membership_ids=[membership_id])[membership_id].quiet == quiet:
        return
    QuietHours.objects.create(
        school_id=school_id,
        membership_id=membership_id,
        starts_minute=quiet.starts_minute if quiet else None,
        ends_minute=quiet.ends_minute if quiet else None,
        chosen_at=now,
    )
