"""What a decision or a correction does to the counts, as rows (`parts/count_effects.html`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from makegood.domain.penalties.counting import CountEffect
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence
from makegood.web.parts.counters import group_by_window, say_window


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """A count now and then."""

    label: Sentence
    before: int
    after: int


def list_rows(counts: Sequence[CountEffect], *, policy: Policy) -> list[CountRow]:
    """One row for each window; a further counter of the same window has its own where it differs."""
    by_name = {count.counter: count for count in counts}
    rows = []
    for names in group_by_window(names=list(by_name), policy=policy):
        drawn = by_name[names[0]]
        label = say_window(policy.counters[names[0]].window, drawn.on)
        rows.append(CountRow(label=label, before=drawn.before, after=drawn.after))
        rows += [
            CountRow(
                label=Sentence(gettext_noop("Counted for what else follows")), before=other.before, after=other.after
            )
            for other in (by_name[name] for name in names[1:])
            if (other.before, other.after) != (drawn.before, drawn.after)
        ]
    return rows
