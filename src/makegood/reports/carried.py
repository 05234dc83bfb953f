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

# When the month was closed; and what each month comes to for each teacher from whom anything was ever taken, as nobody
# else has a month below zero. Penalties of a file of the school's history are summed apart: what they took was settled
# outside, together with the pay that the file does not bring.
_SUMS: Final = """
    SELECT NULL AS member, NULL AS currency, starts_on, NULL::numeric AS own, NULL::numeric AS imported, closed_at
    FROM makegood_payperiod WHERE school_id = %(school)s AND starts_on = %(month)s
    UNION ALL
    SELECT membership_id, currency, starts_on, coalesce(sum(minor) FILTER (WHERE NOT is_imported), 0),
           coalesce(sum(minor) FILTER (WHERE is_imported), 0), NULL
    FROM (
      SELECT account.membership_id, moved.currency, period.starts_on,
             CASE WHEN account.id = moved.debit_id THEN moved.amount_minor ELSE -moved.amount_minor END AS minor,
             moved.kind = ANY(%(penalty_kinds)s) AND EXISTS (
               SELECT FROM makegood_assessment AS assessed
               JOIN makegood_incident AS incident ON incident.id = assessed.incident_id
               WHERE assessed.id = moved.source AND incident.door = %(import)s) AS is_imported
      FROM makegood_account AS account
      JOIN makegood_transfer AS moved
        ON moved.school_id = account.school_id AND account.id IN (moved.debit_id, moved.credit_id)
      JOIN makegood_payperiod AS period ON period.id = moved.period_id AND period.starts_on <= %(month)s
      WHERE account.school_id = %(school)s AND account.kind = ANY(%(kinds)s) AND moved.currency <> %(lessons)s
        AND (%(member)s::bigint IS NULL OR account.membership_id = %(member)s)
        AND EXISTS (
          SELECT FROM makegood_account AS own
          JOIN makegood_transfer AS taken ON taken.school_id = own.school_id AND taken.credit_id = own.id
          WHERE own.school_id = account.school_id AND own.membership_id = account.membership_id
            AND own.currency = account.currency AND own.kind = ANY(%(kinds)s))
    ) AS movement
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
        "penalty_kinds": sorted(kind.value for kind in PENALTIES),
        "lessons": LESSONS,
        "import": Door.IMPORT.value,
    }
    found: dict[tuple[int, str], Carried] = {}
    closed_at: datetime | None = None
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, values)
        for member_id, currency, starts_on, own, imported, closed in cursor.fetchall():
            if member_id is None:
                closed_at = closed
                continue
            key = (member_id, currency)
            before = found.get(key, Carried()).after_minor
            # What is given back of an imported penalty pays what is carried; one that is left over is forgiven.
            after = min(0, before + int(own) + max(0, int(imported)))
            # The month itself comes last; where it has no row, it hands on what it takes over.
            is_month = starts_on == month_on
            found[key] = Carried(before_minor=before if is_month else after, after_minor=after)
    carried = {key: one for key, one in found.items() if one.before_minor or one.after_minor}
    return PayMonth(closed_at=closed_at, carried=carried)


def payout_of(total: Money, *, carried_before: Money) -> Money:
    """What a month pays: never less than nothing, and what it takes over first (D22)."""
    return max(carried_before + total, Money(0, total.currency))
