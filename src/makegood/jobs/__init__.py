"""Entry points of the queue: load, call one action, nothing more."""

from makegood.jobs import messages

__all__ = ["messages"]
