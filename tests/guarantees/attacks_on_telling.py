"""Attacks on how people are told: channels, quiet hours, browsers, calendar feeds, messages that were dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psycopg.types.json import Jsonb

BAD_ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "a_dropped_message_says_why": ("message", {"sent_at": None, "dropped_at": "2026-11-11T10:02Z"}),
    "a_dropped_message_was_not_sent": ("message", {"dropped_at": "2026-11-11T10:02Z", "dropped_because": "changed"}),
    "a_message_waits_from_its_writing_on": ("message", {"send_after": "2026-11-11T09:59Z"}),
    "channel_choice_topic_is_known": ("channel_choice", {"topic": "weather"}),
    "a_channel_choice_is_about_a_channel_out_of_the_house": ("channel_choice", {"channel": "in_app"}),
    "emergencies_stay_on_by_email": ("channel_choice", {"topic": "emergencies", "is_on": False}),
    "quiet_hours_have_a_start_and_an_end": ("quiet_hours", {"ends_minute": None}),
    "quiet_hours_are_minutes_of_a_day": ("quiet_hours", {"ends_minute": 1440}),
    "quiet_hours_are_less_than_a_day": ("quiet_hours", {"ends_minute": 1320}),
    "a_push_subscription_says_why_it_ended": ("push_subscription", {"ended_at": "2026-11-12Z"}),
    "a_push_subscription_ends_after_it_was_made": (
        "push_subscription",
        {"ended_at": "2026-11-10Z", "ended_because": "gone"},
    ),
    "a_calendar_feed_keeps_only_a_hash": ("calendar_feed", {"token_hash": "secret", "revoked_at": "2026-11-12Z"}),
    "a_calendar_feed_is_revoked_after_it_was_made": (
        "calendar_feed",
        {"token_hash": "1" * 64, "revoked_at": "2026-11-10Z"},
    ),
    "one_calendar_feed_per_token": ("calendar_feed", {"revoked_at": "2026-11-12Z"}),
    "one_live_calendar_feed_per_member": ("calendar_feed", {"token_hash": "1" * 64}),
}

# Statements about one row that must be refused.
STATEMENTS: dict[str, tuple[str, str]] = {
    "pushsubscription_rows_are_only_stamped": (
        "UPDATE makegood_pushsubscription SET endpoint = 'x' WHERE id = %s",
        "push_subscription",
    ),
    "calendarfeed_rows_are_only_stamped": (
        "UPDATE makegood_calendarfeed SET token_hash = repeat('1', 64) WHERE id = %s",
        "calendar_feed",
    ),
}

SAMPLES = {
    "makegood_channelchoice": "channel_choice",
    "makegood_quiethours": "quiet_hours",
    "makegood_pushsubscription": "push_subscription",
    "makegood_calendarfeed": "calendar_feed",
}


def add_rows(connection: Any, ids: dict[str, Any], insert: Callable[..., Any]) -> None:
    """Write a row of each table with `insert` of the world."""
    ids["message"] = insert(
        connection, "message", school_id=ids["school"], event_id=ids["event"], recipient_id=ids["student"],
        channel="email", kind="lesson_cancelled", values=Jsonb({}), effect_key="cancelled:1",
        created_at="2026-11-11T10:00Z",
    )  # fmt: skip
    connection.execute("UPDATE makegood_message SET sent_at = '2026-11-11T10:01Z' WHERE id = %s", [ids["message"]])
    ids["delivery_attempt"] = insert(
        connection, "deliveryattempt", school_id=ids["school"], message_id=ids["message"],
        attempted_at="2026-11-11T10:01Z", error="", permanent=False,
    )  # fmt: skip
    ids["channel_choice"] = insert(
        connection, "channelchoice", school_id=ids["school"], membership_id=ids["student"], topic="lessons",
        channel="email", is_on=True, chosen_at="2026-11-11T10:00Z",
    )  # fmt: skip
    ids["quiet_hours"] = insert(
        connection, "quiethours", school_id=ids["school"], membership_id=ids["student"], starts_minute=1320,
        ends_minute=420, chosen_at="2026-11-11T10:00Z",
    )  # fmt: skip
    ids["push_subscription"] = insert(
        connection, "pushsubscription", school_id=ids["school"], membership_id=ids["student"],
        endpoint="https://push.example/1", p256dh="key", auth="secret", device="", made_at="2026-11-11T10:00Z",
    )  # fmt: skip
    ids["calendar_feed"] = insert(
        connection, "calendarfeed", school_id=ids["school"], membership_id=ids["student"], token_hash="0" * 64,
        made_at="2026-11-11T10:00Z",
    )  # fmt: skip
