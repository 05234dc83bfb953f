"""Entry points of the queue: load, call one action, nothing more."""

from makegood.jobs import calendars, demo, history, interrupted, messages

__all__ = ["calendars", "demo", "history", "interrupted", "messages"]
