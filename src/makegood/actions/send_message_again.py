"""The desk or support sends a message again that was given up."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop

from makegood.actions.transactions import in_one_transaction
from makegood.domain.notifications import undelivered
from makegood.domain.notifications.superseding import is_for_who_left
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal

SENDING_ROLES: Final = (Role.DESK, Role.SUPPORT)
_ROUTE: Final = "send_message_again"


class MessageNotFound(Refusal):
    """There is no such message, or the actor may not send it."""

    code = "message_not_found"
    sentence = gettext_noop("There is no such message. Open the list of messages again.")


class MessageNotGivenUp(Refusal):
    """It arrived, or is still being tried."""

    code = "message_not_given_up"
    sentence = gettext_noop(
        "This message was not given up: it has arrived, or we are still trying. There is nothing to send again."
    )


class AlreadySentAgain(Refusal):
    """Somebody was quicker."""

    code = "already_sent_again"
    sentence = gettext_noop(
        "This message was already sent again. If that one does not arrive either, it appears in the list by itself."
    )


class RecipientLeft(Refusal):
    """What it says is for members, or only a device of theirs would show it."""

    code = "recipient_left"
    sentence = gettext_noop(
        "Whom this message is for has left the school, and it is of no use to them any more. It was not sent again."
    )


def send_message_again(
    *, school: School, actor: Membership, message_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> int:
    """Send a message that failed for good again, once, as a new message on the same channel. Returns the new one's id.

    In one transaction, in this order: lock the failed message; event; outbox row and its job; the request's answer.
    A replayed request returns the first answer.

    Raises MessageNotFound (also for whoever is neither desk nor support), MessageNotGivenUp, RecipientLeft,
    AlreadySentAgain.
    """
    content = {"message": message_id}

    def work() -> int:
        failed = undelivered.lock_message(school_id=school.pk, message_id=message_id)
        if failed is None or not holds_role(school_id=school.pk, membership_id=actor.pk, roles=SENDING_ROLES):
            raise MessageNotFound
        earlier = requests.find_answer(
            school_id=school.pk, person_id=actor.person_id, route=_ROUTE, key=request_id, content=content
        )
        if earlier is not None:
            return int(earlier["message"])
        if failed.failed_at is None or failed.sent_at is not None:
            raise MessageNotGivenUp
        if failed.__dict__["left_at"] is not None and not is_for_who_left(failed):
            raise RecipientLeft
        if undelivered.is_sent_again(failed):
            raise AlreadySentAgain
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.MESSAGE_SENT_AGAIN,
            at=now,
            door=door,
            actor_id=actor.person_id,
            on_behalf_of_id=failed.recipient_id,
            lesson_id=failed.event.lesson_id,
            incident_id=failed.event.incident_id,
        )
        again = undelivered.repeat(message=failed, event=event, now=now)
        requests.record_answer(
            school_id=school.pk,
            person_id=actor.person_id,
            route=_ROUTE,
            key=request_id,
            content=content,
            answer={"message": again.pk},
            now=now,
        )
        return again.pk

    return in_one_transaction(school.pk, work)
