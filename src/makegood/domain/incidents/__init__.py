"""Incidents: lessons that did not go as booked, the decisions made on them, and withdrawals; facts, never edited."""
