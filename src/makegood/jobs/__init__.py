"""Entry points of the queue: load, call one action, nothing more."""

from makegood.jobs import demo, history, interrupted, messages

__all__ = ["demo", "history", "interrupted", "messages"]
