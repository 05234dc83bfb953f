"""Entry points of the queue: load, call one action, nothing more."""

from makegood.jobs import bookings, calendars, demo, history, interrupted, lessons, messages

__all__ = ["bookings", "calendars", "demo", "history", "interrupted", "lessons", "messages"]
