"""How members want to be told: which topic on which channel, and when not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from makegood.domain.notifications.kinds import Template
from makegood.domain.notifications.models import Channel, ChannelChoice, PushSubscription, QuietHours, Topic
from makegood.domain.notifications.quiet_hours import Quiet, find_end
from makegood.domain.people.roster import list_zones

# The channels a member may choose; the list in the app is always there.
CHOSEN: Final = (Channel.EMAIL, Channel.PUSH)
# What cannot be switched off (a constraint says so, too).
LOCKED: Final = frozenset({(Topic.EMERGENCIES, Channel.EMAIL)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """One member's wishes. `off` are the topics they do not want on a channel; everything else is on."""

    zone: str
    off: frozenset[tuple[str, str]]
    quiet: Quiet | None
    has_push: bool

    def channels_for(self, topic: Topic) -> tuple[Channel, ...]:
        """In the app always; by e-mail and push unless switched off; push only where a browser takes it."""
        open_channels = [Channel.IN_APP]
        for channel in CHOSEN:
            is_wanted = (topic, channel) in LOCKED or (topic, channel) not in self.off
            if is_wanted and (channel is not Channel.PUSH or self.has_push):
                open_channels.append(channel)
        return tuple(open_channels)

    def waits_until(self, template: Template, *, happens_at: datetime | None, now: datetime) -> datetime | None:
        """When a message may leave the house: at the end of the quiet hours, or at once (None).

        What is urgent, and what happens (`happens_at`) before the quiet hours end, does not wait.
        """
        if self.quiet is None or template.is_urgent:
            return None
        ends_at = find_end(quiet=self.quiet, zone=self.zone, at=now)
        if ends_at is None or (happens_at is not None and now - timedelta(days=1) < happens_at < ends_at):
            return None
        return ends_at


def list_wishes(*, school_id: int, membership_ids: Collection[int]) -> Mapping[int, Wishes]:
    """The wishes of these members, by membership. 4 statements."""
    mine = {"school_id": school_id, "membership_id__in": membership_ids}
    zones = list_zones(school_id=school_id, membership_ids=membership_ids)
    choices = ChannelChoice.objects.filter(**mine).order_by("membership_id", "topic", "channel", "-pk")
    off: dict[int, set[tuple[str, str]]] = {member: set() for member in zones}
    for choice in choices.distinct("membership_id", "topic", "channel"):
        if not choice.is_on:
            off[choice.membership_id].add((choice.topic, choice.channel))
    latest = QuietHours.objects.filter(**mine).order_by("membership_id", "-pk").distinct("membership_id")
    quiet = {
        row.membership_id: Quiet(row.starts_minute, row.ends_minute)
        for row in latest
        if row.starts_minute is not None and row.ends_minute is not None
    }
    with_push = set(PushSubscription.objects.filter(ended_at=None, **mine).values_list("membership_id", flat=True))
    return {
        member: Wishes(zone=zone, off=frozenset(off[member]), quiet=quiet.get(member), has_push=member in with_push)
        for member, zone in zones.items()
    }
