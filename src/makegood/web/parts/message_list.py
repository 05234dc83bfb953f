"""The messages of a member in the app."""

from __future__ import annotations

from typing import Any

from makegood.reports.student_lessons import list_notices
from makegood.web import access


def message_context(visit: access.Visit) -> dict[str, Any]:
    """What `parts/notices.html` shows: the messages, newest first."""
    notices = list_notices(school=visit.school, member=visit.membership)
    return {"notices": notices, "unread_count": sum(notice.is_unread for notice in notices)}
