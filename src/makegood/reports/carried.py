"""What penalties leave over where a month pays less: nothing is paid out then, and the rest is carried (D22).

Nothing of it is stored: it follows from the transfers of the months, in their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection

from makegood.domain.ledger.models import LESSONS, PENALTIES
from makegood.domain.ledger.queries import TEACHER_KINDS
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money

# Only who has, or had, a penalty can have a month below zero. What came with a file of the school's history was settled
# outside, together with the pay that the file does not bring: it is not carried.
_SUMS: Final = """
    SELECT NULL AS member, NULL AS currency, starts_on, NULL::numeric AS minor, closed_at
    FROM makegood_payperiod WHERE school_id = %(school)s AND starts_on = %(month)s
    UNION ALL
    SELECT account.membership_id, moved.currency, period.starts_on,
           sum(CASE WHEN account.id = moved.debit_id THEN moved.amount_minor ELSE -moved.amount_minor END), NULL
    FROM makegood_account AS fined
    JOIN makegood_account AS account
      ON account.school_id = fined.school_id AND account.membership_id = fined.membership_id
     AND account.currency = fined.currency AND account.kind = ANY(%(kinds)s)
    JOIN makegood_transfer AS moved
      ON moved.school_id = account.school_id AND account.id IN (moved.debit_id, moved.credit_id)
    JOIN makegood_payperiod AS period ON period.id = moved.period_id AND period.starts_on <= %(month)s
    WHERE fined.school_id = %(school)s AND fined.kind = %(penalties)s AND moved.currency <> %(lessons)s
      AND (%(member)s::bigint IS NULL OR fined.membership_id = %(member)s)
      AND NOT EXISTS (
        SELECT FROM makegood_assessment AS assessed
        JOIN makegood_incident AS incident ON incident.id = assessed.incident_id
        WHERE moved.kind = ANY(%(penalty_kinds)s) AND assessed.id = moved.source AND incident.door = %(import)s
      )
    GROUP BY 1, 2, 3 ORDER BY 3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What one teacher's month takes over from earlier ones and hands on to the next, both zero or negative."""

    before_minor: int = 0
    after_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PayMonth:
    """When a month was closed, None: it can change; and by member and currency what is carried, where anything is."""

    closed_at: datetime | None
    carried: Mapping[tuple[int, str], Carried]


def find_pay_month(*, school_id: int, month_on: date, membership_id: int | None = None) -> PayMonth:
    """What a month of one teacher, or of all, takes over and hands on. 1 statement."""
    values = {
        "school": school_id,
        "member": membership_id,
        "month": month_on,
        "kinds": [kind.value for kind in TEACHER_KINDS],
        "penalties": TEACHER_KINDS[1].value,
        "penalty_kinds": sorted(kind.value for kind in PENALTIES),
        "lessons": LESSONS,
        "import": Door.IMPORT.value,
    }
    found: dict[tuple[int, str], Carried] = {}
    closed_at: datetime | None = None
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, values)
        for member_id, currency, starts_on, minor, closed in cursor.fetchall():
            if member_id is None:
                closed_at = closed
                continue
            key = (member_id, currency)
            before = found.get(key, Carried()).after_minor
            after = min(0, before + int(minor))
            # The month itself comes last; where it has no row, it hands on what it takes over.
            is_month = starts_on == month_on
            found[key] = Carried(before_minor=before if is_month else after, after_minor=after)
    carried = {key: one for key, one in found.items() if one.before_minor or one.after_minor}
    return PayMonth(closed_at=closed_at, carried=carried)


def payout_of(total: Money, *, carried_before: Money) -> Money:
    """What a month pays: never less than nothing, and what it takes over first (D22)."""
    return max(carried_before + total, Money(0, total.currency))
