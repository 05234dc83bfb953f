"""What a student has left of lesson credits, without those whose last day is over, whether or not they were taken.

The job that takes them comes once an hour, and may be down for days. Until it has posted what expired, the balance
still holds it. So what of the balance is over is computed here, in the statement that reads the balance: nobody waits
for the job, and the job takes exactly what was no longer left before.

Lessons use the credits that end first. So of everything that ended up to a grant's last day, that is over which no
lesson booked until then holds. What a lesson gives back later belongs to the grant for GIVEN_BACK_FOR; after that it is
the student's, and nobody takes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from psycopg.types.numeric import Int8

from makegood.database.statements import Statement, fetch

# How long after its last day a grant still takes what a lesson gives back.
GIVEN_BACK_FOR: Final = timedelta(days=7)

# One row for each account, or for each of its grants of which something may be over. Days are the school's. A lesson
# that uses credits again holds those it took first. Where no grant is over, the uses are not read at all.
_STANDING: Final = Statement("""
WITH account AS MATERIALIZED (
  SELECT account.school_id, account.id, account.membership_id, school.zone,
         (%s::timestamptz AT TIME ZONE school.zone)::date AS today_on,
         coalesce((SELECT sum(amount_minor) FROM makegood_transfer
                   WHERE school_id = account.school_id AND debit_id = account.id), 0)
         - coalesce((SELECT sum(amount_minor) FROM makegood_transfer
                     WHERE school_id = account.school_id AND credit_id = account.id), 0) AS balance
  FROM makegood_account AS account JOIN makegood_school AS school ON school.id = account.school_id
  WHERE account.school_id = %s AND account.kind = 'student_credits' AND account.membership_id = ANY(%s)
), ended AS MATERIALIZED (
  SELECT account.id AS account_id, given.id, given.expires_on,
         (SELECT expiry.credits FROM makegood_creditexpiry AS expiry
          WHERE expiry.school_id = given.school_id AND expiry.grant_id = given.id) AS expired,
         given.credits - coalesce((
           SELECT sum(correction.credits) FROM makegood_creditcorrection AS correction
           WHERE correction.school_id = given.school_id AND correction.grant_id = given.id), 0) AS stands
  FROM account
    JOIN makegood_creditgrant AS given
      ON given.school_id = account.school_id AND given.student_id = account.membership_id
  WHERE given.expires_on <= account.today_on
    AND NOT EXISTS (
      SELECT FROM makegood_transfer AS reversal
      WHERE reversal.school_id = given.school_id AND reversal.kind = 'credit_bought_reversal'
        AND reversal.source = given.id)
), used AS MATERIALIZED (
  SELECT account.id AS account_id, taken.amount_minor AS credits,
         ((SELECT first.used_at FROM makegood_credituse AS its
             JOIN makegood_credituse AS first
               ON first.school_id = its.school_id AND first.lesson_id = its.lesson_id AND first.number = 1
           WHERE its.school_id = taken.school_id AND its.id = taken.source) AT TIME ZONE account.zone)::date AS used_on,
         ((SELECT reversal.posted_at FROM makegood_transfer AS reversal
           WHERE reversal.school_id = taken.school_id AND reversal.reverses_id = taken.id)
          AT TIME ZONE account.zone)::date AS back_on
  FROM account
    JOIN makegood_transfer AS taken
      ON taken.school_id = account.school_id AND taken.credit_id = account.id AND taken.kind = 'credit_used'
  WHERE account.balance > 0
), over AS MATERIALIZED (
  SELECT summed.*, until_then - coalesce((
           SELECT sum(used.credits) FROM used
           WHERE used.account_id = summed.account_id AND used.used_on < summed.expires_on
             AND (used.back_on IS NULL OR used.back_on >= summed.expires_on + %s)), 0) AS unheld
  FROM (
    SELECT ended.*,
           sum(stands - coalesce(expired, 0)) OVER (PARTITION BY account_id ORDER BY expires_on, id) AS until_then
    FROM ended
  ) AS summed
  WHERE expired IS NULL
)
SELECT account.membership_id, account.balance, over.id, over.expires_on,
       over.expires_on::timestamp AT TIME ZONE account.zone, over.stands, over.unheld
FROM account LEFT JOIN over ON over.account_id = account.id AND over.unheld > 0 AND account.balance > 0
ORDER BY over.expires_on, over.id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """What of a grant is over and was not taken yet; `ended_at` is when its last day ended."""

    grant_id: int
    expires_on: date
    ended_at: datetime
    credits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A student's credits: `left` can be used; `over` only waits to be taken, what ended first comes first."""

    left: int
    over: tuple[Over, ...] = ()


def find_standings(*, school_id: int, student_ids: Collection[int], now: datetime) -> Mapping[int, Standing]:
    """How each of these students stands; one statement."""
    rows: dict[int, list[tuple[Any, ...]]] = {}
    ids = [Int8(student_id) for student_id in student_ids]
    for row in fetch(_STANDING, (now, Int8(school_id), ids, GIVEN_BACK_FOR.days)):
        rows.setdefault(row[0], []).append(row[1:])
    nothing = Standing(left=0)
    return {one: _standing(rows[one]) if one in rows else nothing for one in student_ids}


def find_standing(*, school_id: int, student_id: int, now: datetime) -> Standing:
    """How the student stands; one statement."""
    return find_standings(school_id=school_id, student_ids=[student_id], now=now)[student_id]


def _standing(rows: Iterable[tuple[Any, ...]]) -> Standing:
    """Grant after grant, the first to end first: each has at most what it gave, and all at most the balance."""
    left, taken, over = 0, 0, []
    for balance, grant_id, expires_on, ended_at, stands, unheld in rows:
        left = int(balance)
        its_own = min(stands or 0, (unheld or 0) - taken, left - taken)
        if its_own > 0:
            over.append(Over(grant_id=grant_id, expires_on=expires_on, ended_at=ended_at, credits=int(its_own)))
            taken += int(its_own)
    return Standing(left=left - taken, over=tuple(over))
