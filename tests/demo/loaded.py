"""Of when the small demo schools are that tests load, and how small."""

from __future__ import annotations

from datetime import UTC, datetime

# Long enough ago that no clock of a test machine is behind it.
NOW = datetime(2026, 3, 22, 14, 33, 12, tzinfo=UTC)
# The cast, and a few of the crowd.
TEACHERS = 10
