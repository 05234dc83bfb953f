"""The sections of each role's pages, in the order of the sidebar.

A section whose address does not exist yet is left out, so it appears with the page that it leads to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.urls import NoReverseMatch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from makegood.domain.notifications.queries import MOST_TOLD
from makegood.web.parts.addresses import school_address

_OPEN: Final = pgettext_lazy("count of open cases", "open")


@dataclass(frozen=True, slots=True)
class Entry:
    """A section as declared: the name of its address, its words and icon.

    `on_phone` puts it into the bottom bar, which has room for three; the others stand behind *More* there.
    `only_where` shows it in schools that pay teachers here, or in those that do not. `counted`: what its
    number tells, `most`: the highest that is told, 0 for any.
    """

    address: str
    label: str | Promise
    icon: str
    on_phone: bool = True
    starts_group: bool = False
    only_where: Literal["", "money", "no money"] = ""
    counted: str | Promise = _OPEN
    most: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A section as shown; `count` of what is `counted` is a small number beside it, 0 shows none.

    `has_more`: there are more than that.
    """

    url: str
    label: str | Promise
    icon: str
    on_phone: bool
    starts_group: bool
    is_current: bool
    count: int = 0
    counted: str | Promise = ""
    has_more: bool = False


_UNREAD: Final = pgettext_lazy("count of messages", "unread")


def _messages(address: str, *, on_phone: bool = False) -> Entry:
    return Entry(address, _("Messages"), "bell", on_phone=on_phone, counted=_UNREAD, most=MOST_TOLD)


_POLICY: Final = (
    Entry("public:emergencies", _("Emergencies and cancellations"), "shield", on_phone=False, starts_group=True),
    Entry("public:policy", _("Penalty policy"), "doc", on_phone=False, only_where="money"),
    Entry("public:policy", _("Policy"), "doc", on_phone=False, only_where="no money"),
)

SECTIONS: Final[dict[str, tuple[Entry, ...]]] = {
    "teacher": (
        Entry("teacher:dashboard", _("My Dashboard"), "home"),
        Entry("teacher:availability", _("Teaching Calendar"), "calendar"),
        Entry("teacher:students", _("Students"), "people"),
        Entry("teacher:penalties", _("Penalties"), "scales", on_phone=False, only_where="money"),
        Entry("teacher:penalties", _("Cases"), "scales", on_phone=False, only_where="no money"),
        Entry("teacher:statement", _("Statements"), "coins", on_phone=False, only_where="money"),
        _messages("teacher:messages"),
        *_POLICY,
    ),
    "student": (
        Entry("student:lessons", _("My lessons"), "home"),
        Entry("student:book", _("Book a lesson"), "calendar"),
        # The other two speak to teachers.
        Entry("public:for_students", _("Moving and cancelling"), "shield", on_phone=False, starts_group=True),
    ),
    "desk": (
        Entry("desk:queue", _("Rescheduling"), "inbox"),
        Entry("desk:requests", _("Requests"), "alert"),
        Entry("desk:calendar", _("Calendar"), "calendar"),
        Entry("desk:approvals", _("Approvals"), "check", on_phone=False),
        Entry("desk:teachers", _("Teachers"), "people", on_phone=False),
        Entry("desk:students", _("Students"), "people", on_phone=False),
        Entry("desk:absences", _("Absences"), "people", on_phone=False),
        Entry("desk:deliveries", _("Deliveries"), "mail", on_phone=False),
        _messages("staff:messages"),
        *_POLICY,
    ),
    "support": (
        Entry("support:queue", _("Tech support"), "chat"),
        Entry("desk:requests", _("Requests"), "alert"),
        Entry("desk:deliveries", _("Deliveries"), "mail"),
        _messages("staff:messages"),
        *_POLICY,
    ),
    "reviewer": (
        Entry("reviewer:queue", _("Cases to review"), "scales"),
        _messages("staff:messages", on_phone=True),
        *_POLICY,
    ),
    "payroll": (
        Entry("payroll:overview", _("Pay"), "coins"),
        _messages("staff:messages", on_phone=True),
        *_POLICY,
    ),
    "owner": (
        Entry("owner:overview", _("Overview"), "chart"),
        Entry("owner:booking_rules", _("Booking rules"), "gear"),
        Entry("owner:lesson_types", _("Lesson types"), "doc", on_phone=False),
        Entry("owner:pay_rates", _("Pay rates"), "coins", on_phone=False, only_where="money"),
        Entry("owner:video_link", _("Video link"), "video", on_phone=False),
        Entry("owner:holidays", _("Holidays"), "calendar", on_phone=False),
        Entry("owner:import", _("Import"), "upload", on_phone=False),
        Entry("owner:people", _("People"), "people"),
        _messages("staff:messages"),
        *_POLICY,
    ),
}


def sections_of(
    *, role: str, school_slug: str, path: str, has_money: bool = True, counts: dict[str, int] | None = None
) -> list[Section]:
    """The sections of a role in a school, the one whose address begins `path` marked as current.

    `has_money`: the school pays teachers here. `counts` gives the open cases by address name.
    A role without sections has none.
    """
    found = []
    hidden = "no money" if has_money else "money"
    for entry in SECTIONS.get(role, ()):
        if entry.only_where == hidden:
            continue
        url = _address(entry.address, school_slug)
        if url is not None:
            found.append((entry, url))
    current = max((url for _entry, url in found if path.startswith(url)), key=len, default=None)
    return [
        _section(entry, url, is_current=url == current, count=(counts or {}).get(entry.address, 0))
        for entry, url in found
    ]


def behind_more(sections: Sequence[Section]) -> Section:
    """The door to the sections for which the bottom bar of a phone has no room, with what all of them count."""
    hidden = [section for section in sections if not section.on_phone]
    count = sum(section.count for section in hidden)
    return Section(
        url="",
        label=pgettext_lazy("sections", "More"),
        icon="more",
        on_phone=True,
        starts_group=False,
        is_current=any(section.is_current for section in hidden),
        count=min(count, MOST_TOLD),
        counted=pgettext_lazy("count of cases and messages", "open or unread"),
        has_more=count > MOST_TOLD or any(section.has_more for section in hidden),
    )


def _section(entry: Entry, url: str, *, is_current: bool, count: int) -> Section:
    has_more = 0 < entry.most < count
    return Section(
        url=url,
        label=entry.label,
        icon=entry.icon,
        on_phone=entry.on_phone,
        starts_group=entry.starts_group,
        is_current=is_current,
        count=entry.most if has_more else count,
        counted=entry.counted,
        has_more=has_more,
    )


def _address(name: str, school_slug: str) -> str | None:
    try:
        return school_address(name, school=school_slug)
    except NoReverseMatch:
        return None
