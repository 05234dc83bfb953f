"""A case as every role that may see it reads it: facts, price, what was decided, what follows, what happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.reports.cases import AssessmentView, CasePage, find_case_page
from makegood.rules.facts import ConsequenceKind, Decision, Kind, RequestedBy
from makegood.rules.sentences import Sentence
from makegood.rules.storing import values_from_json
from makegood.web import access
from makegood.web.parts import components as c
from makegood.web.parts.moments import actor_of, make_moment
from makegood.web.parts.words import (
    DECISIONS,
    DOORS,
    band_words,
    consequence_words,
    happened_words,
    reason_words,
    state_words,
)
from makegood.wording import last_minute_before
from makegood.wording.reader import Reader


def get_case(*, visit: access.Visit, reference: str, roles: Collection[Role]) -> CasePage:
    """The case, for its own teacher or for one of `roles`. Raises Http404."""
    page = find_case_page(school=visit.school, actor=visit.membership, roles=roles, reference=reference, now=visit.now)
    if page is None:
        raise Http404
    return page


def case_context(page: CasePage, *, now: datetime) -> dict[str, Any]:
    """What `parts/case.html` shows."""
    incident = page.incident
    answerable = RequestedBy(incident.requested_by)
    ends = {str(consequence.kind): consequence.ends_at for consequence in page.consequences}
    return {
        "page": page,
        "incident": incident,
        "student": incident.lesson.student,
        "ends_at": incident.lesson_starts_at + timedelta(minutes=incident.lesson_minutes),
        "state": state_words(decision=page.decision, is_withdrawn=page.withdrawal is not None, requested_by=answerable),
        "is_open": page.decision is None and page.withdrawal is None and answerable is RequestedBy.TEACHER,
        "price": page.live.penalty,
        "facts": _facts(page),
        "worked": _worked_out(page, page.live),
        "superseded": [(view, _worked_out(page, view)) for view in page.superseded],
        "decisions": [(decision, str(DECISIONS[Decision(decision.decision)])) for decision in page.decisions],
        "consequences": [
            (
                consequence,
                consequence_words(consequence.kind, ends_at=consequence.ends_at, is_own=page.is_own),
                consequence.is_live(now),
            )
            # A report that was taken back has no consequences; what it had for some minutes stays in the timeline.
            for consequence in (page.consequences if page.withdrawal is None else ())
        ],
        "moments": [_moment(event, ends, is_own=page.is_own) for event in sorted(page.timeline, key=_order)],
        "coming": (coming := _coming(page, now)),
        "takes_proof": bool(coming) and now < (page.deadlines.longest or page.deadlines.general).closes_at,
        "month_on": incident.lesson_starts_at.astimezone(ZoneInfo(page.version.policy.zone)).date().replace(day=1),
    }


def list_deadlines(page: CasePage) -> list[c.Moment]:
    """Until when proof is accepted, the general deadline first."""
    reader = Reader.active()
    whose = (
        gettext_noop("if this was outside your control.")
        if page.is_own
        else gettext_noop("if this was outside the teacher's control.")
    )
    general, longest = page.deadlines.general, page.deadlines.longest
    found = [
        c.Moment(
            at=None,
            title=Sentence(
                gettext_noop("Send proof by {until}"), {"until": last_minute_before(general.closes_at, reader)}
            ),
            text=Sentence(whose),
            is_done=False,
        )
    ]
    if longest is not None:
        found.append(
            c.Moment(
                at=None,
                title=Sentence(
                    gettext_noop("More time until {until}"), {"until": last_minute_before(longest.closes_at, reader)}
                ),
                text=Sentence(gettext_noop("after an accident, a stay in hospital or a death in the family.")),
                is_done=False,
            )
        )
    return found


def _coming(page: CasePage, now: datetime) -> list[c.Moment]:
    """What happens next; nothing once the case is closed, or where it costs nothing, counts for nothing and no more."""
    is_the_teachers = page.incident.requested_by == RequestedBy.TEACHER
    matters = page.live.penalty or page.live.counted_for or page.consequences
    if page.decision is not None or page.withdrawal is not None or not (is_the_teachers and matters):
        return []
    latest = page.deadlines.longest or page.deadlines.general
    found = list_deadlines(page) if now < latest.closes_at else []
    if now >= page.deadlines.general.closes_at:
        # The general one comes first; only the longer one is still to come.
        found = found[1:]
    if page.live.penalty:
        found.append(tell_of_statement(takes_proof=now < latest.closes_at))
    return found


def tell_of_statement(*, takes_proof: bool) -> c.Moment:
    """Where the penalty stands from the first minute on, and what may still change it."""
    text = (
        gettext_noop("If proof is accepted, it is lowered or taken off.")
        if takes_proof
        else gettext_noop("The time to send proof is over.")
    )
    return c.Moment(
        at=None, title=Sentence(gettext_noop("The penalty stands on the statement")), text=Sentence(text), is_done=False
    )


def _facts(page: CasePage) -> list[c.KeyValue]:
    incident = page.incident
    happened = happened_words(Kind(incident.kind), RequestedBy(incident.requested_by), is_used=page.live.paid)
    if page.withdrawal is not None:
        happened = (
            _("The move was undone; the session went back to its former time")
            if incident.kind == Kind.RESCHEDULED
            else _("Reported by mistake and taken back; the session takes place")
        )
    facts = [c.KeyValue(Sentence(gettext_noop("What happened")), happened)]
    if incident.situation is not None:
        facts.append(c.KeyValue(Sentence(gettext_noop("Situation")), incident.situation))
    if incident.reported_at is not None:
        facts.append(c.KeyValue(Sentence(gettext_noop("Received")), incident.reported_at))
        facts.append(c.KeyValue(Sentence(gettext_noop("How")), str(DOORS[Door(incident.door)])))
    else:
        facts.append(c.KeyValue(Sentence(gettext_noop("Received")), _("Nobody reported it")))
    if page.live.band is not None:
        facts.append(c.KeyValue(Sentence(gettext_noop("Notice")), band_words(page.live.band)))
    if incident.kind == Kind.CUT_SHORT:
        facts.append(c.KeyValue(Sentence(gettext_noop("Minutes taught")), incident.taught_minutes))
    if incident.reason:
        reason = reason_words(incident.reason, policy=page.version.policy, is_own=page.is_own)
        facts.append(c.KeyValue(Sentence(gettext_noop("Reason")), reason))
    facts += [
        c.KeyValue(
            Sentence(gettext_noop("Our website")),
            Sentence(
                gettext_noop("Was not seen to answer from {started_at} to {ended_at}"),
                {"started_at": gap.started_at, "ended_at": gap.ended_at},
            ),
        )
        for gap in page.downtimes
    ]
    if page.withdrawal is None:
        facts.append(c.KeyValue(Sentence(gettext_noop("Session paid")), _("Yes") if page.live.paid else _("No")))
    return facts


def _worked_out(page: CasePage, view: AssessmentView) -> c.WorkedOut:
    return c.WorkedOut(
        steps=view.steps,
        currency=view.penalty.currency if view.penalty is not None else None,
        zone=page.version.policy.zone,
        version=view.policy_number,
    )


def _order(event: Event) -> tuple[datetime, bool]:
    """By time; what follows from a fact was recorded at the same instant and stands below it."""
    return event.at, EventKind(event.kind) in _FOLLOWED


def _moment(event: Event, ends: Mapping[str, datetime | None], *, is_own: bool) -> c.Moment:
    """`ends` says until when each kind of consequence of this case holds."""
    kind = EventKind(event.kind)
    if kind not in _FOLLOWED:
        return make_moment(event)
    consequence = str(values_from_json(event.values)["consequence"])
    followed = consequence_words(ConsequenceKind(consequence), ends_at=ends.get(consequence), is_own=is_own)
    return c.Moment(at=event.at, title=Sentence(_FOLLOWED[kind]), text=followed, by=actor_of(event))


_FOLLOWED = {
    EventKind.CONSEQUENCE_STARTED: gettext_noop("This follows from it:"),
    EventKind.CONSEQUENCE_ENDED: gettext_noop("This no longer follows from it:"),
}
