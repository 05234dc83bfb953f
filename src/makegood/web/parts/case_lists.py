"""Lists of cases with their filters, for every role that has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.reports.cases import CaseFilter, CaseLine, find_months, list_cases
from makegood.rules.facts import RequestedBy
from makegood.rules.sentences import Sentence
from makegood.rules.windows import local_midnight, next_month_start
from makegood.web import access
from makegood.web.parts import components as c
from makegood.web.parts.months import find_month, months_back, write_month
from makegood.web.parts.standings import say_place
from makegood.web.parts.words import band_words, happened_words, state_words
from makegood.wording import DayForm, Reader, format_day

PAGE_SIZE = 25


def list_context(
    asked: Mapping[str, str], *, visit: access.Visit, case_address: str, teacher: Membership | None = None
) -> dict[str, Any]:
    """What `parts/case_list.html` shows for the asked state, month and page; what cannot be read is left out."""
    case_filter = _filter(asked.get("state", ""))
    month_on = find_month(asked.get("month", ""))
    zone = ZoneInfo(visit.school.zone)
    cases = list_cases(
        school=visit.school,
        teacher_id=teacher.pk if teacher else None,
        case_filter=case_filter,
        starts_from=local_midnight(month_on, zone) if month_on else None,
        starts_before=local_midnight(next_month_start(month_on), zone) if month_on else None,
        page=read_page(asked.get("page", "")),
        page_size=PAGE_SIZE,
    )
    # A price speaks for itself; without one, the count is what a case means.
    has_no_price = any(line.penalty is None for line in cases.lines)
    timetable = get_timetable(school_id=visit.school.pk) if has_no_price else None
    first_on, last_on = find_months(school=visit.school, teacher=teacher, now=visit.now)
    months = months_back(last_on, since=first_on)
    return {
        "rows": [
            {
                **make_row(line, case_address=case_address, school_slug=visit.school.slug),
                "counted": _say_counted(line, timetable) if timetable else (),
            }
            for line in cases.lines
        ],
        "shows_teacher": teacher is None,
        "months_of_cases": months,
        "filters": [_state_filter(case_filter), _month_filter(month_on, months)],
        "page_of_cases": Paginator(range(cases.total_count), PAGE_SIZE).page(cases.page) if cases.total_count else None,
        "is_filtered": case_filter is not CaseFilter.ALL or month_on is not None,
    }


def make_row(line: CaseLine, *, case_address: str, school_slug: str) -> dict[str, Any]:
    """One line of a list with its words and its address."""
    return {
        "line": line,
        "url": reverse(case_address, kwargs={"school": school_slug, "reference": line.reference}),
        "happened": happened_words(line.kind, line.requested_by, is_used=line.is_paid),
        "band": band_words(line.band),
        "state": state_words(decision=line.decision, is_withdrawn=line.is_withdrawn, requested_by=line.requested_by),
        "is_open": line.decision is None and not line.is_withdrawn and line.requested_by is RequestedBy.TEACHER,
    }


def _say_counted(line: CaseLine, timetable: Timetable) -> Sequence[Sentence]:
    """As which of its window the case was counted, nothing where it has a price."""
    version = timetable.find_at(line.lesson_starts_at)
    if line.penalty is not None or version is None:
        return ()
    counts = [say_place(version.policy, name, count) for name, count in line.counts.items()]
    return counts or [Sentence(gettext_noop("Does not count"))]


def read_page(text: str) -> int:
    """The number of a page; the first for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1  # noqa: PLR2004 - a million pages


def _filter(text: str) -> CaseFilter:
    return CaseFilter(text) if text in set(CaseFilter) else CaseFilter.ALL


def _state_filter(chosen: CaseFilter) -> c.Filter:
    words = {
        CaseFilter.ALL: pgettext("states of cases", "All"),
        CaseFilter.OPEN: pgettext("states of cases", "Open"),
        CaseFilter.CLOSED: pgettext("states of cases", "Closed"),
    }
    choices = [c.Choice(value=str(one), label=words[one], is_chosen=one is chosen) for one in CaseFilter]
    return c.Filter(name="state", label=_("State"), choices=choices)


def _month_filter(chosen: date | None, months: Sequence[date]) -> c.Filter:
    if chosen is not None and chosen not in months:
        months = [*months, chosen]
    reader = Reader.active()
    choices = [c.Choice(value="", label=_("All months"), is_chosen=chosen is None)]
    choices += [
        c.Choice(
            value=write_month(month),
            label=format_day(month, reader, DayForm.MONTH_YEAR),
            is_chosen=month == chosen,
            is_name=True,
        )
        for month in months
    ]
    return c.Filter(name="month", label=_("Month"), choices=choices)
