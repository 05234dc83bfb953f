"""Entry points of the queue: load, call one action, nothing more."""

from makegood.jobs import demo, history, messages

__all__ = ["demo", "history", "messages"]
