"""What it would change to accept a student's "I did not ask for this", before it is accepted."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.correction_steps import (
    CorrectionPreview,
    NothingToCorrect,
    get_correctable,
    make_correction_preview,
)
from makegood.domain.lessons.models import DeskCase
from makegood.domain.people.roster import lock_member
from makegood.domain.schools.models import School


def find_correction_preview(*, school: School, case: DeskCase, now: datetime) -> CorrectionPreview | None:
    """What accepting the case would change now; None where nothing stands that could be corrected.

    The teacher is locked meanwhile, so that cancellation and history are of one moment.
    """
    try:
        lock_member(school_id=school.pk, membership_id=get_correctable(school=school, case=case).teacher_id)
        incident = get_correctable(school=school, case=case)
    except NothingToCorrect:
        return None
    return make_correction_preview(school=school, incident=incident, now=now)
