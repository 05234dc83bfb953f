"""The one door: opens a history in the fastest way that its policy allows."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.rules.facts import Incident
from makegood.rules.policy import Policy
from makegood.rules.running.changes import History
from makegood.rules.running.recounting import RecountedHistory
from makegood.rules.running.running_history import RunningHistory
from makegood.rules.running.tables import Tables, compile_policy, why_not


def open_history(policy: Policy, history: Sequence[Incident] = (), *, tables: Tables | None = None) -> History:
    """One teacher's history, assessed and ready for changes. Raises InvalidFacts as `assess` does.

    `tables` is `compile_policy(policy)`, made once where many histories of one policy are opened. A policy that the
    tables do not take (`why_not` says why) is assessed whole at every change, with the same results.
    """
    if why_not(policy) is not None:
        return RecountedHistory(policy=policy, history=history)
    return RunningHistory(tables=tables or compile_policy(policy), history=history)
