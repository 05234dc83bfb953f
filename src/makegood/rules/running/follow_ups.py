"""The consequences of one teacher's history, kept as they change; the consequence ladder says what each one is."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import chain
from operator import itemgetter

from makegood.rules.placing import place
from makegood.rules.policy import Policy
from makegood.rules.primitives.consequence_ladder import from_count, from_incident, settle_overlaps
from makegood.rules.results import Consequence
from makegood.rules.running.tables import Tables
from makegood.rules.running.windows_held import Record, Window
from makegood.rules.settings.counting import Cause, ConsequenceRule, Overlap, Repeats

# An incident that brings a consequence about, and the count it does so with.
Raised = tuple[tuple[Record, int], ...]
# What a change did, by rule and window: what was raised there before, and what is now.
Moves = dict[tuple[int, Hashable], tuple[Raised, Raised]]
NOTHING_MOVED: Moves = {}


class FollowUps:
    """What has been raised so far, by rule and window."""

    __slots__ = ("_raised", "_tables")

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._raised: list[dict[Hashable, Raised]] = [{} for _rule in tables.policy.consequences]

    def follow(self, record: Record, *, is_gone: bool = False) -> Moves:
        """Look again at what the record, just taken in or let go, has to do with."""
        moves: Moves = NOTHING_MOVED
        for grid, counter, number, at_count in record.line.leads:
            window = record.windows[grid]
            # One more than is left covers a window that has just fallen below the count.
            if window.totals[counter] + is_gone >= at_count:
                moves = self._replace(moves, number, window, self._reached(number, counter, at_count, window))
        for number in record.line.alone:
            # By its number, which it keeps when it is decided: taken out and in again, it makes one move.
            moves = self._replace(moves, number, record.number, () if is_gone else ((record, 1),))
        return moves

    def all(self) -> tuple[Consequence, ...]:
        """Everything that follows, in the order of `assess`."""
        return _in_order(
            chain.from_iterable(
                settle(self._tables.policy, number, raised.values()) for number, raised in enumerate(self._raised)
            )
        )

    def _reached(self, number: int, counter: int, at_count: int, window: Window) -> Raised:
        if window.totals[counter] < at_count:
            return ()
        members = window.members
        if len(members) == window.totals[counter]:
            counted = members
        else:
            mark = (self._tables.grid_of[counter], counter)
            counted = [member for member in members if mark in member.line.counted]
        if self._tables.policy.consequences[number].repeats is Repeats.ONCE_PER_WINDOW:
            return ((counted[at_count - 1], at_count),)
        return tuple(zip(counted[at_count - 1 :], range(at_count, len(counted) + 1), strict=True))

    def _replace(self, moves: Moves, number: int, key: Hashable, now: Raised) -> Moves:
        """Remember `now`, and add it to `moves` where it is something else than before."""
        raised = self._raised[number]
        before = raised.get(key, ())
        if before == now:
            return moves
        is_separate = self._tables.policy.consequences[number].overlap is Overlap.SEPARATE
        everything_before: Raised = () if is_separate else tuple(chain.from_iterable(raised.values()))
        if now:
            raised[key] = now
        else:
            del raised[key]
        moves = moves or {}
        if is_separate:
            moves[number, key] = before, now
        else:
            # Where consequences join, one more can change any other of its rule.
            moves[number, None] = everything_before, tuple(chain.from_iterable(raised.values()))
        return moves


def joined(first: Moves, second: Moves) -> Moves:
    """The moves of two changes, one after the other."""
    both = dict(first)
    for key, (before, now) in second.items():
        both[key] = first.get(key, (before, now))[0], now
    return both


def came_and_went(moves: Moves, policy: Policy) -> tuple[tuple[Consequence, ...], tuple[Consequence, ...]]:
    """The consequences that a change brought, and those that it lifted."""
    came: list[Consequence] = []
    went: list[Consequence] = []
    for number, (before, now) in sorted(((key[0], move) for key, move in moves.items()), key=itemgetter(0)):
        were, are = settle(policy, number, [before]), settle(policy, number, [now])
        came += [one for one in are if one not in were]
        went += [one for one in were if one not in are]
    return _in_order(came), _in_order(went)


def settle(policy: Policy, number: int, raised: Iterable[Raised]) -> Sequence[Consequence]:
    """The consequences of one rule, overlaps settled."""
    rule = policy.consequences[number]
    found = [one for record, count in chain.from_iterable(raised) for one in _consequences(rule, policy, record, count)]
    found.sort(key=lambda one: (one.starts_at, one.incident))
    return settle_overlaps(found, rule.overlap)


def _consequences(rule: ConsequenceRule, policy: Policy, record: Record, count: int) -> Iterable[Consequence]:
    if rule.cause is Cause.COUNT:
        return (from_count(rule, record, count),)
    return from_incident(rule, place(record.incident, policy, {}))


def _in_order(found: Iterable[Consequence]) -> tuple[Consequence, ...]:
    return tuple(sorted(found, key=lambda one: (one.starts_at, one.kind, one.incident)))
