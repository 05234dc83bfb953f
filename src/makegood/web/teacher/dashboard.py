"""My Dashboard: the next session, what needs attention, the coming days, the counters, the statement so far."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from makegood.domain.ledger.periods import month_of
from makegood.domain.lessons.judging import Finding
from makegood.domain.penalties.foreseeing import Foreseen
from makegood.domain.people.models import Role
from makegood.domain.schools.models import School
from makegood.reports.month_so_far import MonthSoFar
from makegood.reports.teacher_dashboard import NeedsAttention, TeacherDashboard, make_teacher_dashboard
from makegood.rules.facts import Decision
from makegood.rules.sentences import Sentence, Value
from makegood.rules.standing import CounterStanding
from makegood.rules.windows import find_rolling
from makegood.web import access
from makegood.web.parts import components as c
from makegood.web.parts import counters, markup
from makegood.web.parts.banners import make_banner
from makegood.web.parts.foreseen_words import say_coming, say_seen
from makegood.web.parts.lesson_rows import row_for_teacher
from makegood.web.parts.pay_day import expected_on
from makegood.web.teacher.asked_price import say_price
from makegood.web.teacher.openness import list_attention
from makegood.wording import DayForm, Reader

# Sessions below the next one: so many are open at once (the first day always whole), so many are listed at all.
MOST_OPEN: Final = 6
MOST_LISTED: Final = 15


@access.members(Role.TEACHER)
def dashboard(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the page."""
    school = visit.school
    found = make_teacher_dashboard(school=school, teacher=visit.membership, zone=visit.person.zone, now=visit.now)
    following = found.next_lesson
    month_on = month_of(at=visit.now, zone=school.zone)
    context = {
        "lesson": row_for_teacher(following, school=school) if following else None,
        **_upcoming(found, school, shows_all=request.GET.get("sessions") == "all"),
        "items": [
            *_foreseen(found, school),
            *list_attention(visit),
            *_asked(visit, found),
            *[_attention(case, school) for case in found.attention],
        ],
        "banners": [make_banner(consequence) for consequence in found.consequences],
        "counters": _counters(found, visit) if found.version else [],
        "month_on": month_on,
        "totals": _totals(found.month, expected_on(month_on, school=visit.school)) if found.month is not None else [],
        "no_lesson": c.Empty(text=Sentence(gettext_noop("No session is booked.")), icon="calendar"),
        "no_other_lesson": c.Empty(text=Sentence(gettext_noop("No other session is booked.")), icon="calendar"),
    }
    return render(request, "teacher/dashboard.html", context)


def _upcoming(found: TeacherDashboard, school: School, *, shows_all: bool) -> dict[str, Any]:
    """The coming days without the next lesson, which stands above them: the first ones open, the next ones folded.

    What is further away than that is on the same page with `?sessions=all`.
    """
    days = [
        c.LessonDay(
            day.on, [row_for_teacher(one, school=school) for one in day.lessons if one is not found.next_lesson]
        )
        for day in found.days
    ]
    days = [day for day in days if day.rows]
    totals = list(accumulate(len(day.rows) for day in days))
    listed = len(days) if shows_all else max(1, bisect_right(totals, MOST_LISTED))
    opened = max(1, bisect_right(totals, MOST_OPEN))
    return {
        "days": [*days[:opened], *map(_fold, days[opened:listed])],
        "session_count": totals[-1] if totals else 0,
        "shows_all": shows_all,
        "has_more": listed < len(days),
    }


def _fold(day: c.LessonDay) -> c.LessonDay:
    count = len(day.rows)
    words = Sentence(
        gettext_noop("1 session"), {"count": count}, plural=gettext_noop("{count} sessions"), count="count"
    )
    return replace(day, folded=words)


def _foreseen(found: TeacherDashboard, school: School) -> list[c.Attention]:
    """Sessions that ended early or were missed: what was seen, what will be recorded, and the door to say otherwise.

    One whose student did not come leaves nothing to do.
    """
    items = [_not_recorded(one, school) for one in found.foreseen if one.finding is not Finding.STUDENT_ABSENT]
    return sorted(items, key=lambda item: (item.deadline is None, item.deadline))


def _not_recorded(one: Foreseen, school: School) -> c.Attention:
    lesson = one.lesson
    name = lesson.student.display_name if lesson.student else lesson.title or "–"
    title = gettext_noop("Not recorded yet: session with {student}, {starts_at}.")
    where = {"school": school.slug, "lesson_id": lesson.pk}
    page = reverse("teacher:session", kwargs=where)
    spoken = _("of the session with {student}").format(student=name)
    if one.is_over:
        deadline = one.by_itself_at
        label = Sentence(gettext_noop("left to tell the scheduling desk"))
        door = c.Link(f"{page}#wrong", _("Say what happened"), "chat", spoken=spoken)
    elif one.reported_at is None and one.has_met:
        deadline, label = lesson.ends_at, Sentence(gettext_noop("left to report it"))
        door = c.Link(reverse("teacher:report_emergency", kwargs=where), _("Report it"), "alert", spoken=spoken)
    else:
        deadline, label = None, Sentence("")
        door = c.Link(page, _("Open the session"), "next", spoken=spoken)
    return c.Attention(
        title=Sentence(title, {"student": name, "starts_at": lesson.starts_at}),
        reason=counters.joined([say_seen(one), *say_coming(one)]),
        deadline=deadline,
        deadline_label=label,
        actions=[door],
    )


def _asked(visit: access.Visit, found: TeacherDashboard) -> list[c.Attention]:
    """What the teacher asked and students have not answered yet."""
    items = []
    for one in found.asked:
        url = reverse("teacher:move_session", kwargs={"school": visit.school.slug, "lesson_id": one.lesson.pk})
        student = one.lesson.student
        values: dict[str, Value] = {
            "student": student.display_name if student else "",
            "former_starts_at": one.lesson.starts_at,
            "starts_at": one.starts_at,
        }
        title = Sentence(
            gettext_noop("You asked {student} to move the session of {former_starts_at} to {starts_at}."), values
        )
        label = Sentence(gettext_noop("left for the answer"))
        stays = Sentence(gettext_noop("The session stays where it is unless your student agrees."))
        price = say_price(found.prices_asked.get(one.request_id), says_side=one.says_side)
        items.append(
            c.Attention(
                title=title,
                reason=counters.joined([stays] if price is None else [stays, price]),
                deadline=one.expires_at,
                deadline_label=label,
                actions=[c.Link(url, _("Look at what you asked"), "calendar")],
            )
        )
    return items


def _attention(case: NeedsAttention, school: School) -> c.Attention:
    url = reverse("teacher:case", kwargs={"school": school.slug, "reference": case.reference})
    values = {"starts_at": case.lesson_starts_at}
    title = (
        Sentence(gettext_noop("Penalty of {amount}, session of {starts_at}."), {"amount": case.penalty, **values})
        if case.penalty is not None
        else Sentence(gettext_noop("On your record, without a penalty: session of {starts_at}."), values)
    )
    return c.Attention(
        title=title,
        reason=Sentence(gettext_noop("Reference {reference}."), {"reference": case.reference}),
        deadline=case.proof_by,
        deadline_label=Sentence(gettext_noop("left to send proof")),
        actions=[
            c.Link(
                url, _("Open the case"), "doc", spoken=_("with reference {reference}").format(reference=case.reference)
            )
        ],
    )


def _counters(found: TeacherDashboard, visit: access.Visit) -> list[c.Counter]:
    assert found.version is not None
    policy = found.version.policy
    standings = {standing.counter: standing for standing in found.counters}
    month_on = visit.now.astimezone(policy.zone_info).date()
    cards = []
    for names in counters.group_by_window(names=list(standings), policy=policy):
        drawn = standings[names[0]]
        resets_on = drawn.resets_at.astimezone(policy.zone_info).date() if drawn.resets_at else None
        ends = Sentence(gettext_noop("The count starts again on {day}."), {"day": resets_on}) if resets_on else None
        is_rolling = find_rolling(policy.counters[names[0]].window) is not None
        cards.append(
            counters.make_card(
                counts=[counters.Count(name=name, count=standings[name].count) for name in names],
                policy=policy,
                month_on=month_on,
                lines=_leaving(found, drawn, policy.zone_info) if is_rolling else _others(found, standings, names),
                ends=ends,
            )
        )
    return cards


def _leaving(found: TeacherDashboard, standing: CounterStanding, zone: ZoneInfo) -> list[c.KeyValue]:
    """Each counted case and the day from which it no longer counts."""
    return [
        c.KeyValue(
            Sentence(gettext_noop("{reference} counts until"), {"reference": found.history.references[one.incident]}),
            markup.day(one.leaves_at.astimezone(zone).date(), Reader.active(), DayForm.FULL),
        )
        for one in standing.counted
    ]


def _others(
    found: TeacherDashboard, standings: Mapping[str, CounterStanding], names: Sequence[str]
) -> list[c.KeyValue]:
    """Counters of the same window whose count differs, and how many waived cases only they count."""
    priced = {one.incident for one in standings[names[0]].counted}
    waived = {one.incident for one in found.history.incidents if one.decision is Decision.WAIVED}
    lines: list[c.KeyValue] = []
    for name in names[1:]:
        counted = {one.incident for one in standings[name].counted}
        if standings[name].count != standings[names[0]].count:
            lines.append(c.KeyValue(Sentence(gettext_noop("Counted for what else follows")), standings[name].count))
            free = len((counted & waived) - priced)
            if free:
                only = Sentence(gettext_noop("Waived, so without a penalty, but counted here"))
                lines.append(c.KeyValue(only, free))
    return lines


def _totals(month: Sequence[MonthSoFar], expected: Sentence) -> list[c.KeyValue]:
    lines: list[c.KeyValue] = []
    for section in month:
        taught = section.lesson_count
        sessions = Sentence(
            gettext_noop("1 session"), {"count": taught}, plural=gettext_noop("{count} sessions"), count="count"
        )
        if taught:
            lines.append(c.KeyValue(sessions, section.lesson_pay))
        lines += [
            c.KeyValue(Sentence(gettext_noop("Penalties")), section.penalties),
        ]
        if section.carried_before:
            before = Sentence(gettext_noop("Carried over from earlier months"))
            lines.append(c.KeyValue(before, section.carried_before))
        lines.append(c.KeyValue(expected, section.payout, is_sum=True))
        if section.carried_after:
            after = Sentence(gettext_noop("Carried over to the next month"))
            lines.append(c.KeyValue(after, section.carried_after))
    return lines
