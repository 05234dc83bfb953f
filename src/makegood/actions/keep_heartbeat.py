"""See whether the product's own pages answer, and keep it (trust.md, I-30)."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from makegood.domain.uptime import operations as uptime
from makegood.domain.uptime.asking import pages_answer

log = structlog.get_logger()


def keep_heartbeat(*, address: str, host: str, now: datetime) -> bool:
    """Ask the pages of `host` at `address`; returns whether they answered, which is on record then.

    Nothing is written while they do not: the gap is put on record when they answer again.
    """
    if not pages_answer(address=address, host=host):
        log.warning("pages_do_not_answer", address=address)
        return False
    with transaction.atomic():
        gap = uptime.keep_heartbeat(at=now)
    if gap is not None:
        log.warning("downtime_ended", started_at=gap.started_at.isoformat(), ended_at=gap.ended_at.isoformat())
    return True
