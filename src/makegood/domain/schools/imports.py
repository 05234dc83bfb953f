"""One import at a time in a school."""

from __future__ import annotations

from typing import Final

from django.db import connection

# Any number that nothing else here locks by; the second key is the school.
_IMPORTS: Final = 1_718


def lock_imports(*, school_id: int) -> None:
    """Wait until no other import runs in the school, and let none begin until the transaction ends.

    Teachers and ids of other systems that do not exist yet cannot be locked, so two imports could both create them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [_IMPORTS, school_id])
