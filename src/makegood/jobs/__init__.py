"""Entry points of the queue: load, call one action, nothing more."""

from makegood.jobs import demo, messages

__all__ = ["demo", "messages"]
