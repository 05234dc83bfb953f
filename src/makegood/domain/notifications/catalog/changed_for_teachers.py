"""What teachers are told when somebody else changed how they can be booked, or where they teach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.notifications.kinds import MessageKind, Template
from makegood.domain.notifications.leaving import AfterLeaving
from makegood.domain.notifications.models import Topic

CHANGED_FOR_TEACHERS: Final[Mapping[MessageKind, Template]] = {
    MessageKind.AVAILABILITY_CHANGED: Template(
        gettext_noop("{changed_by} changed when you can be booked"),
        (
            gettext_noop(
                "{changed_by} changed your Teaching Calendar for you. The first day that differs: {first_on}."
            ),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("Sessions that are booked stay booked."),
        ),
        page="teacher:availability",
        topic=Topic.AVAILABILITY,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.VIDEO_LINK_SET: Template(
        gettext_noop("{changed_by} set your video link"),
        (
            gettext_noop("{changed_by} set the video link of your sessions: {video_link}"),
            gettext_noop("If it is not right, you can change it."),
        ),
        page="teacher:video_link",
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.VIDEO_LINK_TAKEN_AWAY: Template(
        gettext_noop("{changed_by} took your video link away"),
        (
            gettext_noop(
                "{changed_by} took the video link of your sessions away. They are now held at the link of your school, "
                "if it has one."
            ),
            gettext_noop("If it is not right, you can set your own again."),
        ),
        page="teacher:video_link",
        after_leaving=AfterLeaving.NEVER,
    ),
}
