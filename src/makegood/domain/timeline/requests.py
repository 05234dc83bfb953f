"""Requests that were answered: a repeated one gets the first answer, and another one under the same id is refused."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from makegood.database.compiled import compiled
from makegood.database.one_row import add_row
from makegood.domain.timeline.models import IdempotencyKey
from makegood.refusal import Refusal


class DifferentRequest(Refusal):
    """The form's id was used for something else."""

    code = "different_request"
    sentence = gettext_noop(
        "This form was already sent with other content, and that was recorded. Open the page again "
        "to send something else."
    )


def find_answer(
    *, school_id: int, person_id: int, route: str, key: uuid.UUID, content: Mapping[str, object]
) -> Mapping[str, Any] | None:
    """The answer that the same request got earlier, None when it is new. Raises DifferentRequest for other content."""
    earlier = _answered.first(school_id=school_id, person_id=person_id, route=route, key=key)
    if earlier is None:
        return None
    if earlier.request_sha256 != _hash(content):
        raise DifferentRequest
    answer: Mapping[str, Any] = earlier.answer
    return answer


@compiled
def _answered(school_id: int, person_id: int, route: str, key: uuid.UUID) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(school_id=school_id, person_id=person_id, route=route, key=key)


def record_answer(
    *,
    school_id: int,
    person_id: int,
    route: str,
    key: uuid.UUID,
    content: Mapping[str, object],
    answer: Mapping[str, object],
    now: datetime,
) -> None:
    """Remember the answer in the transaction of its effect."""
    add_row(
        IdempotencyKey(
            school_id=school_id,
            person_id=person_id,
            route=route,
            key=key,
            request_sha256=_hash(content),
            answer=dict(answer),
            answered_at=now,
        )
    )


def _hash(content: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
