"""Reading policy versions: which one is in force at an instant, and its parsed policy."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from makegood.database.compiled import compiled
from makegood.domain.policies.models import PolicyVersion
from makegood.refusal import Refusal
from makegood.rules.documents import load_policy
from makegood.rules.policy import Policy
from makegood.rules.settings.conduct import Waiting


class NoPolicyInForce(Refusal):
    """No version covers the instant (D23)."""

    code = "no_policy_in_force"
    sentence = gettext_noop(
        "The school had no policy in force at that time, so no penalty can be worked out. Ask the school's owner."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A version, its parsed policy, and the instant (UTC) from which it is in force."""

    version: PolicyVersion
    policy: Policy
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Timetable:
    """All versions of a school by the instant they came or come into force; each holds until the next."""

    versions: tuple[InForce, ...]

    def find_at(self, at: datetime) -> InForce | None:
        """The version in force at `at`, None before the first."""
        index = bisect_right([version.starts_at for version in self.versions], at)
        return self.versions[index - 1] if index else None

    def get_at(self, at: datetime) -> InForce:
        """The version in force at `at`. Raises NoPolicyInForce."""
        found = self.find_at(at)
        if found is None:
            raise NoPolicyInForce
        return found

    def waiting_at(self, at: datetime) -> Waiting:
        """How long people wait by the version in force at `at`; before the first one, as by default."""
        found = self.find_at(at)
        return found.policy.waiting if found is not None else Waiting()

    @property
    def longest_to_confirm(self) -> timedelta:
        """The longest time after a lesson's end in which any version leaves it to people."""
        return max(
            (version.policy.waiting.confirm_within for version in self.versions), default=Waiting().confirm_within
        )


def get_timetable(*, school_id: int) -> Timetable:
    """Every published version of the school with its parsed policy."""
    versions = _all_versions(school_id=school_id)
    return Timetable(
        tuple(InForce(version=version, policy=_parse(version), starts_at=_start_of(version)) for version in versions)
    )


@compiled
def _all_versions(school_id: int) -> QuerySet[PolicyVersion]:
    return PolicyVersion.objects.filter(school_id=school_id).order_by("in_force_from_on")


def list_versions(*, school_id: int) -> Sequence[PolicyVersion]:
    """All published versions, newest first."""
    return list(PolicyVersion.objects.filter(school_id=school_id).order_by("-in_force_from_on"))


def find_version(*, school_id: int, number: int) -> InForce | None:
    """The version with this number, or None."""
    version = PolicyVersion.objects.filter(school_id=school_id, number=number).first()
    if version is None:
        return None
    return InForce(version=version, policy=_parse(version), starts_at=_start_of(version))


def _start_of(version: PolicyVersion) -> datetime:
    """Local midnight at the start of the first day, as UTC; fold 0, and a gap at midnight counts from before it."""
    day = version.in_force_from_on
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(version.zone)).astimezone(UTC)


def _parse(version: PolicyVersion) -> Policy:
    return _parsed_by_hash(version.document_sha256, version.zone, _Text(version.document))


class _Text:
    """A document beside its hash: equal to every other, so that only the hash and the zone are the cache's key."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Text)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=256)
def _parsed_by_hash(document_sha256: str, zone: str, document: _Text) -> Policy:  # noqa: ARG001 - the hash is the key
    return load_policy(document.text, zone=zone)
