"""Where a message leads."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from makegood.domain.notifications.kinds import PAGE_OF_SIDE, Side
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import template_of


def page_of(message: Message) -> str:
    """The address where the recipient sees more, on the configured host. The page asks them to sign in."""
    page = template_of(message).page or PAGE_OF_SIDE[Side(message.values["side"])]
    place = {"school": message.school.slug}
    if page.endswith(":case"):
        place["reference"] = str(message.values["reference"])
    return settings.ADDRESS + reverse(page, kwargs=place)
