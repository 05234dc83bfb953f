"""A student's lesson credits as a list in words, for the student and for the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from makegood.domain.availability import expansion
from makegood.domain.ledger.models import TransferKind
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.reports.credit_book import CreditBatch, CreditLine, make_credit_book

_WORDS: Final[Mapping[TransferKind, Promise]] = {
    TransferKind.CREDIT_BOUGHT: _("Given by the school"),
    TransferKind.CREDIT_BOUGHT_REVERSAL: _("Taken back by the school"),
    TransferKind.CREDIT_USED: _("Used for a lesson"),
    TransferKind.CREDIT_USED_REVERSAL: _("Given back, as the lesson was not used"),
    TransferKind.CREDIT_EXPIRED: _("Ended: not used in time"),
    TransferKind.CREDIT_TAKEN_BACK: _("Taken back by the school"),
}
_IMPORTED: Final = _("Brought in from another system")


def show_credit_book(*, school: School, student: Membership, now: datetime) -> dict[str, Any]:
    """The context of `parts/credit_book.html`."""
    book = make_credit_book(school=school, student=student, now=now)
    return {
        "book": book,
        "batches": [(batch, _end_of(batch, school)) for batch in book.batches],
        "lines": [(line, _words_of(line)) for line in book.lines],
    }


def _end_of(batch: CreditBatch, school: School) -> datetime | None:
    """The instant from which nothing can be booked with them, as messages name it; None: they do not end."""
    if batch.given.expires_on is None:
        return None
    return expansion.start_at(day=batch.given.expires_on, minute=0, zone=school.zone)


def _words_of(line: CreditLine) -> Promise:
    is_imported = line.given is not None and line.given.door == Door.IMPORT
    return _IMPORTED if is_imported and line.kind is TransferKind.CREDIT_BOUGHT else _WORDS[line.kind]
