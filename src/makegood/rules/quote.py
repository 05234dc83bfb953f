"""The price of an incident before it is confirmed, asked of `assess`, so that the charge equals the quote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from makegood.rules.assess import assess
from makegood.rules.facts import Decision, Incident, Kind
from makegood.rules.policy import Policy
from makegood.rules.primitives.notice_bands import price_edges
from makegood.rules.results import Assessed, Consequence, Effect, Price, Quote, Rung
from makegood.rules.settings.counting import Instant
from makegood.rules.threshold import next_threshold
from makegood.rules.windows import local_midnight


def quote(*, history: Sequence[Incident], policy: Policy, incident: Incident, now: datetime) -> Quote:
    """What `incident` would cost if it were reported at `now`, and what it would do.

    `history` is the teacher's, without the incident. An incident that already has a `reported_at` (a first message
    before the page was opened) is priced at that instant, and its ladder has one rung. `now` is aware. Raises
    InvalidFacts as `assess` does. Rungs are exact: each starts at the first microsecond at which its price holds.
    """
    now = now.astimezone(UTC)
    is_reported = incident.reported_at is not None
    priced = incident if is_reported else replace(incident, reported_at=now)
    earlier = assess(history, policy)
    price = _price(earlier, assess([*history, priced], policy))
    edges = [] if is_reported else [edge for edge in sorted(_edges(incident, policy, now)) if edge > now]
    waived = assess([*history, replace(priced, decision=Decision.WAIVED)], policy)
    return Quote(
        made_at=now,
        valid_until=min([now + timedelta(minutes=policy.reporting.quote_minutes), *edges]),
        assessment=price.assessment,
        ladder=_ladder(history, policy, incident if not is_reported else priced, edges, earlier, price),
        effects=price.effects,
        change_minor=price.change_minor,
        consequences=price.consequences,
        next_threshold=next_threshold(history=[*history, priced], policy=policy, incident=priced, now=now),
        penalty_if_proof_accepted_minor=waived.assessments[-1].penalty_minor,
    )


def price_reported(*, history: Sequence[Incident], policy: Policy, incident: Incident) -> Price:
    """What an incident that is reported costs and does: what the quote of that instant says, and nothing besides.

    Raises InvalidFacts as `assess` does.
    """
    return _price(assess(history, policy), assess([*history, incident], policy))


def _price(earlier: Assessed, later: Assessed) -> Price:
    assessment, effects = later.assessments[-1], _effects(earlier, later)
    return Price(
        assessment=assessment,
        effects=effects,
        change_minor=assessment.penalty_minor + _changed(effects),
        consequences=_new_consequences(earlier, later),
    )


def _edges(incident: Incident, policy: Policy, now: datetime) -> list[datetime]:
    """The instants at which a later report may cost something else."""
    starts_at = incident.lesson_starts_at.astimezone(UTC)
    if incident.kind is Kind.CUT_SHORT:
        edges = [incident.lesson_ends_at]
    elif policy.notice is not None and incident.kind in policy.notice.kinds:
        edges = price_edges(incident, policy, starts_at=starts_at)
    else:
        edges = []
    if any(counter.instant is Instant.REPORTED_AT for counter in policy.counters.values()):
        tomorrow = now.astimezone(policy.zone_info).date() + timedelta(days=1)
        edges.append(local_midnight(tomorrow, policy.zone_info))
    return edges


def _ladder(
    history: Sequence[Incident],
    policy: Policy,
    incident: Incident,
    edges: Sequence[datetime],
    earlier: Assessed,
    price_now: Price,
) -> tuple[Rung, ...]:
    """The price now and after every edge; neighbors with the same price are one rung."""
    rungs = [_rung(None, price_now)]
    for edge in edges:
        rung = _rung(edge, _price(earlier, assess([*history, replace(incident, reported_at=edge)], policy)))
        last = rungs[-1]
        if (rung.band, rung.penalty_minor, rung.change_minor) != (last.band, last.penalty_minor, last.change_minor):
            rungs[-1] = replace(last, ends_at=edge)
            rungs.append(rung)
    return tuple(rungs)


def _rung(starts_at: datetime | None, price: Price) -> Rung:
    return Rung(
        starts_at=starts_at,
        ends_at=None,
        band=price.assessment.band,
        penalty_minor=price.assessment.penalty_minor,
        change_minor=price.change_minor,
    )


def _effects(earlier: Assessed, later: Assessed) -> tuple[Effect, ...]:
    pairs = zip(earlier.assessments, later.assessments, strict=False)
    return tuple(
        Effect(incident=before.incident, before_minor=before.penalty_minor, after_minor=after.penalty_minor)
        for before, after in pairs
        if before.penalty_minor != after.penalty_minor
    )


def _changed(effects: Sequence[Effect]) -> int:
    return sum(effect.after_minor - effect.before_minor for effect in effects)


def _new_consequences(earlier: Assessed, later: Assessed) -> tuple[Consequence, ...]:
    return tuple(consequence for consequence in later.consequences if consequence not in earlier.consequences)
