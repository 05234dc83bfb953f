"""What moves when a record is taken in or let go: the windows whose tier or multiplier step is another one now."""

from __future__ import annotations

from makegood.rules.running.tables import Scale, Tables
from makegood.rules.running.windows_held import Record, Window

# Each record whose price moved, with what it cost before and what it costs now, in minor units; one may move twice.
Moved = list[tuple[Record, int, int]]


def reprice(tables: Tables, record: Record, moved: Moved, *, by: int) -> None:
    """Price `record`, just taken in (`by` 1) or let go (-1), and add to `moved` the others that it moves.

    For policies that are not `is_marginal`.
    """
    tier_window = _move_tier(record, tables.tier)
    multiplier_window = _move_multiplier(record, tables.multiplier)
    if by > 0:
        record.penalty_minor = record.line.prices[record.tier_step + record.multiplier_step]
    if tier_window is not None:
        _price_anew(tier_window.members, moved)
    if multiplier_window is not None:
        _price_anew(multiplier_window.members, moved)


def _move_tier(record: Record, tier: Scale) -> Window | None:
    """Give the record its tier, and its whole window too where that is another one now; the window if so."""
    if tier.counter < 0:
        return None
    window = record.windows[tier.grid]
    record.tier_step = window.tier_step
    if not record.line.counts_for_tier:
        return None
    # One step holds for the whole window, so it is looked up once and handed to every member.
    step = tier.step(window.totals[tier.counter])
    if step == window.tier_step:
        return None
    window.tier_step = record.tier_step = step
    for member in window.members:
        member.tier_step = step
    return window


def _move_multiplier(record: Record, multiplier: Scale) -> Window | None:
    """The same for the multiplier."""
    if multiplier.counter < 0:
        return None
    window = record.windows[multiplier.grid]
    record.multiplier_step = window.multiplier_step
    if not record.line.counts_for_multiplier:
        return None
    step = multiplier.step(window.totals[multiplier.counter])
    if step == window.multiplier_step:
        return None
    window.multiplier_step = record.multiplier_step = step
    for member in window.members:
        member.multiplier_step = step
    return window


def _price_anew(members: list[Record], moved: Moved) -> None:
    for member in members:
        before, now = member.penalty_minor, member.line.prices[member.tier_step + member.multiplier_step]
        if now != before:
            moved.append((member, before, now))
            member.penalty_minor = now


def reprice_by_place(tables: Tables, record: Record, moved: Moved, *, by: int) -> None:
    """The same where an incident's place counts, so that each member of a window may have a step of its own."""
    tier, multiplier = tables.tier, tables.multiplier
    reached: list[Record] = []
    if tier.counter >= 0:
        window = record.windows[tier.grid]
        record.tier_step = tier.step(window.totals[tier.counter])
        for member, place in _places(window, tier):
            member.tier_place, member.tier_step = place, tier.step(place)
            reached.append(member)
    if multiplier.counter >= 0:
        window = record.windows[multiplier.grid]
        record.multiplier_step = multiplier.step(window.totals[multiplier.counter])
        for member, place in _places(window, multiplier):
            member.multiplier_place, member.multiplier_step = place, multiplier.step(place)
            reached.append(member)
    if by > 0:
        record.penalty_minor = record.line.prices[record.tier_step + record.multiplier_step]
    _price_anew(reached, moved)


def _places(window: Window, scale: Scale) -> list[tuple[Record, int]]:
    """The count that prices each member: how many were reported no later, or the window's total for all."""
    if not scale.is_marginal:
        total = window.totals[scale.counter]
        return [(member, total) for member in window.members]
    places: list[tuple[Record, int]] = []
    mark = (scale.grid, scale.counter)
    so_far = 0
    for member in window.members:
        so_far += mark in member.line.counted
        places.append((member, so_far))
    return places
