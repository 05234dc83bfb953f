"""Entry points of the queue: load, call one action, nothing more."""

from makegood.jobs import bookings, calendars, demo, history, interrupted, lessons, messages, uptime

__all__ = ["bookings", "calendars", "demo", "history", "interrupted", "lessons", "messages", "uptime"]
