"""How members want to be told: which topic on which channel, and when not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from makegood.database.compiled import compiled
from makegood.domain.notifications.kinds import Template
from makegood.domain.notifications.models import Channel, ChannelChoice, PushSubscription, QuietHours, Topic
from makegood.domain.notifications.quiet_hours import Quiet, find_end
from makegood.domain.people.roster import left_at, some_members

# The channels a member may choose; the list in the app is always there.
CHOSEN: Final = (Channel.EMAIL, Channel.PUSH)
# What cannot be switched off (a constraint says so, too).
LOCKED: Final = frozenset({(Topic.EMERGENCIES, Channel.EMAIL)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """One member's wishes. `off` are the topics they do not want on a channel; everything else is on.

    `left_at`: when they left the school, None for who is still there.
    """

    left_at: datetime | None
    zone: str
    off: frozenset[tuple[str, str]]
    quiet: Quiet | None
    has_push: bool

    def channels_for(self, topic: Topic) -> tuple[Channel, ...]:
        """In the app always; by e-mail and push unless switched off; push only where a browser takes it.

        Whoever left can neither open the app nor choose, so for them it is e-mail.
        """
        if self.left_at is not None:
            return (Channel.IN_APP, Channel.EMAIL)
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
    """The wishes of these members, by membership. 1 statement."""
    return {
        member_id: Wishes(
            left_at=left,
            zone=zone,
            off=frozenset((choice["topic"], choice["channel"]) for choice in last if not choice["is_on"]),
            quiet=_as_quiet(quiet),
            has_push=has_push,
        )
        for member_id, left, zone, last, quiet, has_push in _wishes(school_id=school_id, membership_ids=membership_ids)
    }


@compiled
def _wishes(
    school_id: int, membership_ids: Collection[int]
) -> QuerySet[Any, tuple[int, datetime | None, str, list[Any], Any, bool]]:
    of_member = {"school_id": school_id, "membership_id": OuterRef("pk")}
    choices = ChannelChoice.objects.filter(**of_member).order_by("topic", "channel", "-pk").distinct("topic", "channel")
    hours = QuietHours.objects.filter(**of_member).order_by("-pk")
    browsers = PushSubscription.objects.filter(**of_member, ended_at=None)
    return some_members(school_id=school_id, membership_ids=membership_ids).values_list(
        "pk",
        left_at(),
        "person__zone",
        ArraySubquery(choices.values(choice=JSONObject(topic="topic", channel="channel", is_on="is_on"))),
        Subquery(hours.values(hours=JSONObject(starts_minute="starts_minute", ends_minute="ends_minute"))[:1]),
        Exists(browsers),
    )


def _as_quiet(hours: Mapping[str, int | None] | None) -> Quiet | None:
    if hours is None or hours["starts_minute"] is None or hours["ends_minute"] is None:
        return None
    return Quiet(hours["starts_minute"], hours["ends_minute"])
