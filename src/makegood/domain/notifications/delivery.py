"""What every channel says when the outside world does not take a message."""

from __future__ import annotations


class DeliveryFailed(Exception):
    """A message was not accepted. `permanent`: trying again would not help."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
