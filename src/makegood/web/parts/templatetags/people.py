"""Tags about people."""

from __future__ import annotations

from django import template

from makegood.domain.people.models import Role
from makegood.web.switching import ROLE_NAMES

register = template.Library()


@register.simple_tag
def role_name(role: str) -> str:
    """`{% role_name grant.role %}`: the role in the reader's language."""
    return str(ROLE_NAMES[Role(role)])
