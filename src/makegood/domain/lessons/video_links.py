"""Where a lesson is held: the links that schools and teachers set, and the one that holds for a lesson."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from makegood.domain.lessons.host_names import find_lookalike, find_mixed_part, read_host
from makegood.domain.lessons.models import Lesson, VideoLink
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal

LONGEST_LINK: Final = 300
# Stands in a link for the room of the lesson.
ROOM: Final = "{lesson}"
_SCHEME: Final = "https://"
# 128 bits: nobody guesses the room of another lesson.
_ROOM_LETTERS: Final = 32
_SALT: Final = "makegood.domain.lessons.video_links.room"


class LinkNotSecure(Refusal):
    """Any other scheme is not encrypted, or runs in the page."""

    code = "video_link_not_secure"
    sentence = gettext_noop("A video link begins with https://. Copy the whole link from your video service.")


class LinkTooLong(Refusal):
    """A row keeps so much."""

    code = "video_link_too_long"
    sentence = gettext_noop("A video link has at most {most} characters, and this one has {length}.")


class LinkBroken(Refusal):
    """Spaces, line breaks and what cannot be seen are no part of an address."""

    code = "video_link_broken"
    sentence = gettext_noop(
        "The video link contains a space, a line break or a character that cannot be seen. Take it out."
    )


class LinkWithSignIn(Refusal):
    """Everybody in the lesson reads the link, and what stands before an @ hides where it leads."""

    code = "video_link_with_sign_in"
    sentence = gettext_noop(
        "The video link contains a user name or a password before an @. Everybody in the session would read it."
    )


class LinkLeadsNowhere(Refusal):
    """It names no host."""

    code = "video_link_leads_nowhere"
    sentence = gettext_noop(
        "After https:// the video link names no website. Use one such as https://video.example/room."
    )


class LinkWithMixedLetters(Refusal):
    """One letter of another alphabet makes a host that looks like a known one."""

    code = "video_link_with_mixed_letters"
    sentence = gettext_noop(
        "In “{part}” the website of the video link mixes letters of different alphabets, or has signs on them that "
        "hardly show, so it may only look like the website that you mean. Copy the whole link from your video service."
    )


class LinkLooksLikeAnother(Refusal):
    """All letters of a host look like those of another alphabet, so that nobody can tell which website it is."""

    code = "video_link_looks_like_another"
    sentence = gettext_noop(
        "In “{part}” the website of the video link is written in letters that look like those of another alphabet, so "
        "it may only look like the website that you mean. Copy the whole link from your video service."
    )


class LinkWithOtherBraces(Refusal):
    """Most likely the placeholder, mistyped."""

    code = "video_link_with_other_braces"
    sentence = gettext_noop("Between braces a video link can only have the word lesson, written {room}.")


def check_link(link: str) -> str:
    """The link as it is kept; "" is none.

    Raises LinkTooLong, LinkBroken, LinkNotSecure, LinkWithSignIn, LinkLeadsNowhere, LinkWithMixedLetters,
    LinkLooksLikeAnother, LinkWithOtherBraces.
    """
    if not link:
        return ""
    if len(link) > LONGEST_LINK:
        raise LinkTooLong(most=LONGEST_LINK, length=len(link))
    if any(unicodedata.category(letter)[0] in "CZ" for letter in link):
        raise LinkBroken
    if link[: len(_SCHEME)].lower() != _SCHEME:
        raise LinkNotSecure
    kept = _SCHEME + link[len(_SCHEME) :]
    filled = kept.replace(ROOM, "room")
    try:
        parts = urlsplit(filled)
        if "@" in parts.netloc:
            raise LinkWithSignIn
        port = parts.port
        host = read_host(parts.hostname or "")
    except ValueError as error:
        raise LinkLeadsNowhere from error
    if port == 0:
        raise LinkLeadsNowhere
    _refuse_deceptive(host)
    if "{" in filled or "}" in filled:
        raise LinkWithOtherBraces(room=ROOM)
    return kept


def _refuse_deceptive(host: Sequence[str]) -> None:
    mixed, lookalike = find_mixed_part(host), find_lookalike(host)
    if mixed:
        raise LinkWithMixedLetters(part=mixed)
    if lookalike:
        raise LinkLooksLikeAnother(part=lookalike)


def set_link(*, school_id: int, teacher_id: int | None, link: str, set_by_id: int, door: Door, now: datetime) -> bool:
    """Record a checked link, "" for none; whether it was another one before. `teacher_id` None: the school's."""
    if find_link(school_id=school_id, teacher_id=teacher_id) == link:
        return False
    VideoLink.objects.create(
        school_id=school_id, teacher_id=teacher_id, link=link, set_at=now, set_by_id=set_by_id, door=door
    )
    return True


def find_link(*, school_id: int, teacher_id: int | None) -> str:
    """The link as it was set, "" for none. `teacher_id` None: the school's."""
    return _links(school_id=school_id, teacher_id=teacher_id).get(teacher_id, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The link that each of the two set last, which may be an empty one; None: never any."""

    of_teacher: VideoLink | None
    of_school: VideoLink | None


def find_links(*, school_id: int, teacher_id: int | None) -> Links:
    """What the school and the teacher (None: nobody) set last, each with who set it. One statement."""
    rows = {row.teacher_id: row for row in _latest(school_id=school_id, teacher_id=teacher_id).select_related("set_by")}
    return Links(of_teacher=rows.get(teacher_id) if teacher_id is not None else None, of_school=rows.get(None))


def link_of(lesson: Lesson) -> str:
    """Where this lesson is held, "" where nobody has set it: its own link, else its teacher's, else the school's.

    One statement, and none for a lesson with its own link.
    """
    if lesson.join_link:
        return lesson.join_link
    links = _links(school_id=lesson.school_id, teacher_id=lesson.teacher_id)
    link = links.get(lesson.teacher_id) or links.get(None, "")
    return link.replace(ROOM, room_of(school_id=lesson.school_id, lesson_id=lesson.pk))


def room_of(*, school_id: int, lesson_id: int) -> str:
    """The name of the lesson's room. Who does not know the installation's secret key cannot tell it from the lesson."""
    keyed = salted_hmac(_SALT, f"{school_id}:{lesson_id}", algorithm="sha256")
    return keyed.hexdigest()[:_ROOM_LETTERS]


def _links(*, school_id: int, teacher_id: int | None) -> dict[int | None, str]:
    """The latest link of the school and the latest of the teacher."""
    return dict(_latest(school_id=school_id, teacher_id=teacher_id).values_list("teacher_id", "link"))


def _latest(*, school_id: int, teacher_id: int | None) -> QuerySet[VideoLink]:
    rows = VideoLink.objects.filter(Q(teacher_id=teacher_id) | Q(teacher=None), school_id=school_id)
    return rows.order_by("teacher_id", "-pk").distinct("teacher_id")
