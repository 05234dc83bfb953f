"""Secret addresses of calendars: one live per member, known only by its hash."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from makegood.domain.notifications.models import CalendarFeed
from makegood.domain.people.roster import left_at
from makegood.domain.people.tokens import hash_of, new_token

# A number that PostgreSQL can compare.
_MOST_DIGITS: Final = 17


def renew_feed(*, school_id: int, membership_id: int, now: datetime) -> str:
    """Revoke the member's address, if there is one, and make another. Returns its token, which is not kept.

    The token begins with the school, because nothing of a school can be read before the school is known.
    """
    revoke_feed(school_id=school_id, membership_id=membership_id, now=now)
    token = f"{school_id}-{new_token()}"
    CalendarFeed.objects.create(
        school_id=school_id, membership_id=membership_id, token_hash=hash_of(token), made_at=now
    )
    return token


def revoke_feed(*, school_id: int, membership_id: int, now: datetime) -> None:
    """The member's address stops working."""
    CalendarFeed.objects.filter(school_id=school_id, membership_id=membership_id, revoked_at=None).update(
        revoked_at=now
    )


def find_own_feed(*, school_id: int, membership_id: int) -> CalendarFeed | None:
    """The member's live feed, or None."""
    return CalendarFeed.objects.filter(school_id=school_id, membership_id=membership_id, revoked_at=None).first()


def find_feed(*, school_id: int, token: str) -> CalendarFeed | None:
    """The live feed that the token opens, of somebody who has not left, with its member, person and school."""
    feeds = CalendarFeed.objects.select_related("membership__person", "school").annotate(
        left_at=left_at(member="membership_id", ended_at="membership__ended_at")
    )
    return feeds.filter(school_id=school_id, token_hash=hash_of(token), revoked_at=None, left_at=None).first()


def school_of(token: str) -> int | None:
    """The school a token begins with, None where it names none."""
    number = token.partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS else None
