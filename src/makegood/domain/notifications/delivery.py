"""What every channel says when the outside world does not take a message."""

from __future__ import annotations

from collections.abc import Sequence


class DeliveryFailed(Exception):
    """A message was not accepted. `permanent`: trying again would not help."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent


class BrowserGone(Exception):
    """Some browsers take no more messages. `is_delivered`: another one took this one; `has_others`: or may later."""

    def __init__(self, *, browser_ids: Sequence[int], is_delivered: bool, has_others: bool) -> None:
        super().__init__(browser_ids)
        self.browser_ids = browser_ids
        self.is_delivered = is_delivered
        self.has_others = has_others
