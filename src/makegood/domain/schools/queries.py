"""Reading schools."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.domain.schools.models import School


def find_school(*, slug: str) -> School | None:
    """The school whose addresses start with `slug`, or None."""
    return School.objects.filter(slug=slug).first()


def list_school_ids() -> Sequence[int]:
    """Every school of the installation, in the order they were made."""
    return list(School.objects.order_by("pk").values_list("pk", flat=True))


def list_demo_schools() -> Sequence[School]:
    """The schools of the demo by name; none in an installation that is not one."""
    return list(School.objects.filter(is_demo=True).order_by("name"))


def list_schools(*, school_ids: Sequence[int]) -> Sequence[School]:
    """These schools by name."""
    return list(School.objects.filter(pk__in=school_ids).order_by("name"))


def has_real_school() -> bool:
    """Whether some school is not of the demo."""
    return School.objects.filter(is_demo=False).exists()


def find_school_by_id(*, school_id: int) -> School | None:
    """The school with this id, None when there is none."""
    return School.objects.filter(pk=school_id).first()
