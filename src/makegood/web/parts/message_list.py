"""The lists of a member's messages in the app: what one shows, and that it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise

from makegood.actions.read_messages import read_messages
from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.lists import READERS, lists_of, sides_in
from makegood.domain.notifications.queries import PAGE_SIZE, count_in_app
from makegood.domain.people.permissions import ROLES_IN_ORDER
from makegood.reports.notices import Notice, list_notices, make_notice_page
from makegood.web import access
from makegood.web.parts.case_lists import read_page
from makegood.web.switching import ROLE_NAMES

# Digits that a number in the database can have, for sure.
_LONGEST_ID: Final = 18


@dataclass(frozen=True, slots=True)
class _Addresses:
    """The names of a list's page and of where it is marked as read."""

    page: str
    read: str


_ADDRESSES: Final[Mapping[Side, _Addresses]] = {
    Side.DESK: _Addresses("staff_messages", "read_staff_messages"),
    Side.TEACHER: _Addresses("teacher:messages", "teacher:read_messages"),
    Side.STUDENT: _Addresses("student:messages", "student:read_messages"),
}


def show_messages(request: HttpRequest, visit: access.Visit, *, side: Side) -> HttpResponseBase:
    """The page of one of the visitor's lists."""
    asked = read_page(request.GET.get("page", ""))
    found = make_notice_page(
        school=visit.school, member=visit.membership, sides=sides_in(side, visit.roles), page=asked
    )
    context = {
        "notices": [_openable(visit, notice) for notice in found.notices],
        "unread_count": found.unread_count,
        "newest_id": found.newest_id,
        "read_url": _address(visit, _ADDRESSES[side].read),
        "page": Paginator(range(found.total_count), PAGE_SIZE).page(found.page),
        "other_lists": [_other_list(visit, other) for other in lists_of(visit.roles) if other is not side],
    }
    return render(request, "parts/messages.html", context)


def first_messages(visit: access.Visit, *, side: Side) -> Mapping[str, Any]:
    """What `parts/notices.html` shows of the newest messages where they are a part of another page. 1 statement."""
    found = list_notices(school=visit.school, member=visit.membership, sides=sides_in(side, visit.roles))
    return {
        "notices": [_openable(visit, notice) for notice in found],
        "unread_count": sum(notice.is_unread for notice in found),
        "newest_id": max((notice.message_id for notice in found), default=0),
    }


def mark_read(request: HttpRequest, visit: access.Visit, *, side: Side) -> None:
    """What the sent page showed, and what is older, was read; nothing without the newest of what it showed."""
    newest = request.POST.get("newest", "")
    read_messages(
        school=visit.school,
        member=visit.membership,
        sides=sides_in(side, visit.roles),
        newest_id=int(newest) if newest.isascii() and newest.isdigit() and len(newest) <= _LONGEST_ID else 0,
        now=visit.now,
    )


def back_to_messages(visit: access.Visit, *, side: Side) -> HttpResponseBase:
    """The page of the list."""
    return redirect(_address(visit, _ADDRESSES[side].page))


def _openable(visit: access.Visit, notice: Notice) -> Notice:
    """The message without links to what the visitor may not open, such as the pages of a role that ended."""
    text = notice.text
    below = tuple(part if may_open(visit, part.link) else replace(part, link="") for part in text.below)
    return replace(notice, text=replace(text, below=below), page=notice.page if may_open(visit, notice.page) else "")


def may_open(visit: access.Visit, url: str) -> bool:
    """Whether one of the visitor's roles opens this page of ours."""
    declared = _declared(urlsplit(url).path) if url else None
    if declared is None or declared.kind != "members":
        return declared is not None
    return bool(visit.roles & set(declared.roles))


@lru_cache(maxsize=4096)
def _declared(path: str) -> access.Access | None:
    """Who may open what answers at the path, None where nothing does."""
    try:
        found: access.Access = resolve(path).func.access  # type: ignore[attr-defined]
    except Resolver404:
        return None
    return found


def _address(visit: access.Visit, name: str) -> str:
    return reverse(name, kwargs={"school": visit.school.slug})


def _other_list(visit: access.Visit, side: Side) -> tuple[str, Promise, int]:
    """Where another list of the visitor is, as whom they have it, and how many of its messages are unread."""
    role = next(role for role in ROLES_IN_ORDER if role in READERS[side] & visit.roles)
    counts = count_in_app(
        school_id=visit.school.pk, recipient_id=visit.membership.pk, sides=sides_in(side, visit.roles)
    )
    return _address(visit, _ADDRESSES[side].page), ROLE_NAMES[role], counts.unread
