"""The lists of a member's messages in the app: what one shows, and that it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.read_messages import read_messages
from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.lists import READERS, lists_of, sides_in
from makegood.domain.notifications.queries import MOST_TOLD, PAGE_SIZE, count_unread_in_app
from makegood.domain.people.permissions import ROLES_IN_ORDER
from makegood.reports.messages import ShownMessage, list_shown_messages, make_message_page
from makegood.web import access
from makegood.web.parts.case_lists import read_page
from makegood.web.parts.row_ids import id_field
from makegood.web.switching import ROLE_NAMES


class ReadForm(forms.Form):
    """What the button that marks messages as read sends: the newest that was written when its page was made."""

    newest = id_field(
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            _("This form was not complete, so nothing was marked as read. Open the page again."),
        )
    )


@dataclass(frozen=True, slots=True)
class _Addresses:
    """The names of a list's page and of where it is marked as read."""

    page: str
    read: str


_ADDRESSES: Final[Mapping[Side, _Addresses]] = {
    Side.DESK: _Addresses("staff:messages", "staff:read_messages"),
    Side.TEACHER: _Addresses("teacher:messages", "teacher:read_messages"),
    Side.STUDENT: _Addresses("student:messages", "student:read_messages"),
}


def show_messages(request: HttpRequest, visit: access.Visit, *, side: Side, problem: str = "") -> HttpResponseBase:
    """The page of one of the visitor's lists; with a `problem` of what was sent from it, its first page."""
    asked = read_page(request.GET.get("page", ""))
    found = make_message_page(
        school=visit.school, member=visit.membership, sides=sides_in(side, visit.roles), page=asked
    )
    context = {
        "shown": [_openable(visit, message) for message in found.messages],
        "new": say_new(found.unread_count),
        "newest_id": found.newest_id,
        "read_url": _address(visit, _ADDRESSES[side].read),
        # The ways to other pages would lead on from the address that the form was sent to.
        "page": None if problem else Paginator(range(found.total_count), PAGE_SIZE).page(found.page),
        "problem": problem,
        "has_problems": bool(problem),
        "page_url": _address(visit, _ADDRESSES[side].page),
        "other_lists": [_other_list(visit, other) for other in lists_of(visit.roles) if other is not side],
    }
    return render(request, "parts/messages.html", context, status=422 if problem else 200)


def first_messages(visit: access.Visit, *, side: Side) -> Mapping[str, Any]:
    """What `parts/shown_messages.html` shows of the newest messages, as a part of another page. 2 statements."""
    sides = sides_in(side, visit.roles)
    found = list_shown_messages(school=visit.school, member=visit.membership, sides=sides)
    unread = count_unread_in_app(school_id=visit.school.pk, recipient_id=visit.membership.pk, sides=sides)
    return {
        "shown": [_openable(visit, message) for message in found],
        "new": say_new(unread),
        "newest_id": max((message.message_id for message in found), default=0),
    }


def say_new(unread: int) -> str:
    """How many are new, as the sections around the page say it: "3 new messages", "99+ new messages", "" for none."""
    if unread > MOST_TOLD:
        return gettext("{count}+ new messages").format(count=MOST_TOLD)
    return ngettext("{count} new message", "{count} new messages", unread).format(count=unread) if unread else ""


def mark_read(request: HttpRequest, visit: access.Visit, *, side: Side, back_to: str = "") -> HttpResponseBase:
    """Mark all that had been written when the sent page was made as read, also what stands on other pages of the list.

    Then back to the page of this name, else to the list; which also says so when it cannot be told what to mark.
    """
    form = ReadForm(request.POST)
    if not form.is_valid():
        return show_messages(request, visit, side=side, problem=str(form.errors["newest"][0]))
    read_messages(
        school=visit.school,
        member=visit.membership,
        sides=sides_in(side, visit.roles),
        newest_id=form.cleaned_data["newest"],
        now=visit.now,
    )
    return redirect(_address(visit, back_to or _ADDRESSES[side].page))


def _openable(visit: access.Visit, message: ShownMessage) -> ShownMessage:
    """The message without links to what the visitor may not open, such as the pages of a role that ended."""
    text = message.text
    below = tuple(part if may_open(visit, part.link) else replace(part, link="") for part in text.below)
    return replace(message, text=replace(text, below=below), page=message.page if may_open(visit, message.page) else "")


def may_open(visit: access.Visit, url: str) -> bool:
    """Whether one of the visitor's roles opens this page of ours."""
    declared = _declared(urlsplit(url).path) if url else None
    if declared is None or declared.kind != "members":
        return declared is not None
    return bool(visit.roles & set(declared.roles))


def _declared(path: str) -> access.Access | None:
    """Who may open what answers at the path; None where nothing does, or what declares no access.

    Nothing is kept: some paths are secrets, and no two of lessons are the same.
    """
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    return getattr(view, "access", None)


def _address(visit: access.Visit, name: str) -> str:
    return reverse(name, kwargs={"school": visit.school.slug})


def _other_list(visit: access.Visit, side: Side) -> tuple[str, Promise, str]:
    """Where another list of the visitor is, as whom they have it, and how many of its messages are new."""
    role = next(role for role in ROLES_IN_ORDER if role in READERS[side] & visit.roles)
    unread = count_unread_in_app(
        school_id=visit.school.pk, recipient_id=visit.membership.pk, sides=sides_in(side, visit.roles)
    )
    return _address(visit, _ADDRESSES[side].page), ROLE_NAMES[role], say_new(unread)
