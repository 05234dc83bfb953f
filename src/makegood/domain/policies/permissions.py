"""Who may publish policies."""

from __future__ import annotations

from typing import Final

from makegood.domain.people.models import Role

PUBLISHING_ROLES: Final = (Role.OWNER,)
