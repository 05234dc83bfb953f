"""Lesson credits of students: bought, used by a lesson, given back, expired. On the ledger, counted in lessons."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from makegood.database.compiled import compiled, is_any_of
from makegood.database.many_rows import add_rows
from makegood.domain.ledger.credits_over import GIVEN_BACK_FOR, find_standing, find_standings
from makegood.domain.ledger.models import (
    LESSONS,
    AccountKind,
    CreditCorrection,
    CreditExpiry,
    CreditGrant,
    CreditUse,
    Transfer,
    TransferKind,
)
from makegood.domain.ledger.operations import Reversal, open_accounts, settle
from makegood.domain.ledger.periods import find_open_periods
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal

_SCHOOL_SIDE = {
    TransferKind.CREDIT_BOUGHT: AccountKind.SCHOOL_CREDITS_SOLD,
    TransferKind.CREDIT_USED: AccountKind.SCHOOL_CREDITS_USED,
    TransferKind.CREDIT_EXPIRED: AccountKind.SCHOOL_CREDITS_EXPIRED,
    TransferKind.CREDIT_TAKEN_BACK: AccountKind.SCHOOL_CREDITS_SOLD,
}

# So many students are looked at by one statement.
_AT_ONCE: Final = 500
# A day in another zone must still be a day, whatever is added to it.
LAST_DAY: Final = date(2199, 12, 31)


class NotEnoughCredits(Refusal):
    """The student has fewer credits than the lessons need."""

    code = "not_enough_credits"
    sentence = gettext_noop(
        "This needs {needed} lesson credits and there are {left}. Nothing was booked. Ask the scheduling desk for more."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """Credits to give. `expires_on` is the first day without them (the school's days), None: never."""

    student_id: int
    credits: int
    expires_on: date | None
    reason: str
    granted_by_id: int | None
    door: Door
    request_id: uuid.UUID
    external_id: str | None = None


def grant(*, school_id: int, new: NewGrant, month_on: date, now: datetime) -> CreditGrant:
    """Give a student lesson credits, posted in the month or the next open one."""
    made = CreditGrant.objects.create(
        school_id=school_id,
        student_id=new.student_id,
        credits=new.credits,
        expires_on=new.expires_on,
        reason=new.reason,
        granted_at=now,
        granted_by_id=new.granted_by_id,
        door=new.door,
        external_id=new.external_id,
        request_id=new.request_id,
    )
    _post(school_id, TransferKind.CREDIT_BOUGHT, {made.pk: made.credits}, new.student_id, month_on, now)
    return made


def refuse_unless_enough(*, school_id: int, student_id: int, needed: int, now: datetime) -> None:
    """Raise NotEnoughCredits for a student who has fewer credits than are needed."""
    if not needed:
        return
    left = count_left(school_id=school_id, student_id=student_id, now=now)
    if left < needed:
        raise NotEnoughCredits(needed=needed, left=left)


def use(
    *, school_id: int, student_id: int, credits_of_lessons: Mapping[int, int], month_on: date, now: datetime
) -> None:
    """Take the credits (by lesson id) of lessons from their student, whose row is locked. Raises NotEnoughCredits."""
    wanted = {lesson_id: amount for lesson_id, amount in credits_of_lessons.items() if amount}
    if not wanted:
        return
    former = _list_former(school_id, wanted)
    needed = sum(wanted.values())
    left = _count_usable(school_id, student_id, wanted, former, now)
    if left < needed:
        raise NotEnoughCredits(needed=needed, left=left)
    numbers = {lesson_id: 1 + len(former.get(lesson_id, ())) for lesson_id in wanted}
    uses = add_rows(
        [
            CreditUse(school_id=school_id, lesson_id=lesson_id, number=numbers[lesson_id], credits=amount, used_at=now)
            for lesson_id, amount in wanted.items()
        ]
    )
    posted = {row.pk: row.credits for row in uses}
    _post(school_id, TransferKind.CREDIT_USED, posted, student_id, month_on, now)


def count_usable_again(*, school_id: int, student_id: int, lesson_id: int, amount: int, now: datetime) -> int:
    """How many credits the student has for a lesson that took `amount` before and gave them back."""
    wanted = {lesson_id: amount}
    return _count_usable(school_id, student_id, wanted, _list_former(school_id, wanted), now)


def _list_former(school_id: int, lesson_ids: Collection[int]) -> Mapping[int, Sequence[datetime]]:
    """When these lessons took credits before."""
    former: dict[int, list[datetime]] = {}
    rows = CreditUse.objects.filter(school_id=school_id, lesson_id__in=lesson_ids).order_by("used_at")
    for lesson_id, used_at in rows.values_list("lesson_id", "used_at"):
        former.setdefault(lesson_id, []).append(used_at)
    return former


def _count_usable(
    school_id: int,
    student_id: int,
    wanted: Mapping[int, int],
    former: Mapping[int, Sequence[datetime]],
    now: datetime,
) -> int:
    """What is left, and what a lesson gave back to a grant that ended: until the job takes it, that lesson may have it.

    So a cancellation can be undone although the credit's last day is over.
    """
    standing = find_standing(school_id=school_id, student_id=student_id, now=now)
    over = [one for one in standing.over if now < one.ended_at + GIVEN_BACK_FOR]
    own = sum(
        wanted[lesson_id] for lesson_id, used_at in former.items() if any(used_at[0] < one.ended_at for one in over)
    )
    return standing.left + min(own, sum(one.credits for one in over))


def give_back(*, school_id: int, lesson_ids: Collection[int], month_on: date, now: datetime) -> int:
    """Return to their students what locked lessons took and still have. Returns how many credits that were."""
    uses = _uses_to_give_back(school_id=school_id, lesson_ids=lesson_ids)
    settle(
        school_id=school_id,
        reversals=[Reversal(kind=TransferKind.CREDIT_USED, source=row.pk, month_on=month_on) for row in uses],
        postings=[],
        now=now,
    )
    return sum(row.credits for row in uses)


def count_standing_use(*, school_id: int, lesson_id: int) -> int:
    """How many credits of its student the lesson holds."""
    return sum(row.credits for row in _standing_uses(school_id, [lesson_id]))


def has_standing_use(*, school_id: int, lesson_id: int) -> bool:
    """Whether the lesson holds credits of its student."""
    return _standing_uses(school_id, [lesson_id]).exists()


def has_use(*, school_id: int, lesson_id: int) -> bool:
    """Whether the lesson ever took credits of its student, given back or not."""
    return CreditUse.objects.filter(school_id=school_id, lesson_id=lesson_id).exists()


@compiled
def _uses_to_give_back(school_id: int, lesson_ids: Collection[int]) -> QuerySet[CreditUse]:
    return _standing_uses(school_id, lesson_ids)


def _standing_uses(school_id: int, lesson_ids: Collection[int]) -> QuerySet[CreditUse]:
    reversed_ones = Transfer.objects.filter(
        school_id=school_id, kind=TransferKind.CREDIT_USED_REVERSAL, source=OuterRef("pk")
    )
    uses = CreditUse.objects.filter(is_any_of("lesson_id", lesson_ids), school_id=school_id)
    return uses.exclude(Exists(reversed_ones))


def expire(*, school_id: int, given: CreditGrant, credits_left: int, month_on: date, now: datetime) -> CreditExpiry:
    """Take what is left of a grant after its last day, at most what the student still has; lock the student first."""
    expiry = CreditExpiry.objects.create(school_id=school_id, grant=given, credits=credits_left, expired_at=now)
    _post(school_id, TransferKind.CREDIT_EXPIRED, {expiry.pk: credits_left}, given.student_id, month_on, now)
    return expiry


def list_students_with_expired(*, school_id: int, today_on: date, now: datetime) -> Sequence[int]:
    """Students of whose credits some are over and were not taken yet, however long ago that was."""
    ended = CreditGrant.objects.filter(
        ~Exists(CreditExpiry.objects.filter(school_id=school_id, grant_id=OuterRef("pk"))),
        school_id=school_id,
        expires_on__lte=today_on,
    )
    students = sorted(set(ended.values_list("student_id", flat=True)))
    found: list[int] = []
    for start in range(0, len(students), _AT_ONCE):
        some = students[start : start + _AT_ONCE]
        standings = find_standings(school_id=school_id, student_ids=some, now=now)
        found.extend(student_id for student_id in some if standings[student_id].over)
    return found


def list_expired(*, school_id: int, student_id: int, now: datetime) -> Sequence[tuple[CreditGrant, int]]:
    """The locked student's grants that are over, each with what is left of it; without those of which nothing is."""
    over = find_standing(school_id=school_id, student_id=student_id, now=now).over
    grants = CreditGrant.objects.filter(school_id=school_id).in_bulk([one.grant_id for one in over])
    return [(grants[one.grant_id], one.credits) for one in over]


def _standing_grants(school_id: int) -> QuerySet[Any]:
    """Grants that were not reversed, each with what `stands` of it: what was taken back is neither kept nor lost."""
    reversed_ones = Transfer.objects.filter(
        school_id=school_id, kind=TransferKind.CREDIT_BOUGHT_REVERSAL, source=OuterRef("pk")
    )
    grants = CreditGrant.objects.filter(~Exists(reversed_ones), school_id=school_id)
    corrections = CreditCorrection.objects.filter(school_id=school_id, grant_id=OuterRef("pk")).order_by()
    taken_back = corrections.values("grant_id").annotate(total=Sum("credits")).values("total")
    return grants.annotate(stands=F("credits") - Coalesce(Subquery(taken_back), 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCorrection:
    """Credits to take back. `corrected_by_id` is a person; `reason` empty: undone at once by who gave them."""

    credits: int
    reason: str
    corrected_by_id: int
    door: Door
    request_id: uuid.UUID


def correct(*, given: CreditGrant, new: NewCorrection, month_on: date, now: datetime) -> CreditCorrection:
    """Take credits of a grant back from its locked student, posted in the month or the next open one.

    The database refuses more than the student has, or than the grant gave.
    """
    school_id = given.school_id
    former = CreditCorrection.objects.filter(school_id=school_id, grant=given).count()
    made = CreditCorrection.objects.create(
        school_id=school_id,
        grant=given,
        number=former + 1,
        credits=new.credits,
        reason=new.reason,
        corrected_at=now,
        corrected_by_id=new.corrected_by_id,
        door=new.door,
        request_id=new.request_id,
    )
    _post(school_id, TransferKind.CREDIT_TAKEN_BACK, {made.pk: made.credits}, given.student_id, month_on, now)
    return made


def find_grant(*, school_id: int, grant_id: int) -> CreditGrant | None:
    """The grant with its student and who gave it, or None."""
    grants = CreditGrant.objects.filter(school_id=school_id, pk=grant_id)
    return grants.select_related("student__person", "granted_by").first()


def count_removable(*, given: CreditGrant, now: datetime) -> int:
    """How many credits of the grant can be taken back: those neither taken back nor expired, as far as unused.

    All unused credits of the student count, of whatever grant: lessons used what was given by mistake in place of them.
    """
    school_id = given.school_id
    stands = _standing_grants(school_id).filter(pk=given.pk).values_list("stands", flat=True).first() or 0
    expired = CreditExpiry.objects.filter(school_id=school_id, grant=given).aggregate(total=Sum("credits"))["total"]
    standing = find_standing(school_id=school_id, student_id=given.student_id, now=now)
    over = sum(one.credits for one in standing.over if one.grant_id == given.pk)
    return max(0, min(stands - (expired or 0) - over, standing.left))


def find_by_external_ids(*, school_id: int, external_ids: Collection[str]) -> Mapping[str, CreditGrant]:
    """The grants that these ids of another system name, by id."""
    grants = CreditGrant.objects.filter(school_id=school_id, external_id__in=external_ids)
    return {str(given.external_id): given for given in grants}


def count_left_of_many(*, school_id: int, student_ids: Collection[int], now: datetime) -> Mapping[int, int]:
    """How many lesson credits each of these students can use; one statement."""
    standings = find_standings(school_id=school_id, student_ids=student_ids, now=now)
    return {student_id: standing.left for student_id, standing in standings.items()}


def count_left(*, school_id: int, student_id: int, now: datetime) -> int:
    """How many lesson credits the student can use; one statement."""
    return find_standing(school_id=school_id, student_id=student_id, now=now).left


def find_left(*, school_id: int, student_id: int, now: datetime) -> int | None:
    """How many lesson credits the student can use, None for somebody who never had any."""
    if _any_grant.first(school_id=school_id, student_id=student_id) is None:
        return None
    return count_left(school_id=school_id, student_id=student_id, now=now)


@compiled
def _any_grant(school_id: int, student_id: int) -> QuerySet[CreditGrant, int]:
    grants = CreditGrant.objects.filter(school_id=school_id, student_id=student_id)
    return grants.values_list("pk", flat=True)[:1]


def _post(
    school_id: int, kind: TransferKind, amounts: Mapping[int, int], student_id: int, month_on: date, now: datetime
) -> None:
    period = find_open_periods(school_id=school_id, months=[month_on])[month_on]
    own, school = (AccountKind.STUDENT_CREDITS, student_id, LESSONS), (_SCHOOL_SIDE[kind], None, LESSONS)
    accounts = open_accounts(school_id=school_id, keys=[own, school])
    to_student = kind is TransferKind.CREDIT_BOUGHT
    add_rows(
        [
            Transfer(
                school_id=school_id,
                period=period,
                debit_id=accounts[own if to_student else school],
                credit_id=accounts[school if to_student else own],
                amount_minor=amount,
                currency=LESSONS,
                kind=kind,
                source=source,
                posted_at=now,
            )
            for source, amount in amounts.items()
        ]
    )
