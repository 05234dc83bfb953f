"""Finds the policy a command names: a preset, or a policy document in a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from makegood.command_line.mistakes import Mistake
from makegood.presets import list_presets, preset_text
from makegood.rules.documents import InvalidPolicy, load_policy, parse_document
from makegood.rules.files.cells import show
from makegood.rules.policy import Policy

_MAX_DOCUMENT_BYTES = 4 << 20
# A document without a zone is complete but for the school's choice; it is checked and shown as if in this one.
_STAND_IN_ZONE = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPolicy:
    """`is_zone_chosen` False: nobody named a zone, and the policy was read as if in UTC."""

    policy: Policy
    is_zone_chosen: bool


def read_document(name: str) -> str:
    """The TOML text of the preset or file `name`; `-` is not one. Raises Mistake with one sentence."""
    if name in list_presets():
        return preset_text(name)
    path = Path(name)
    try:
        is_there = path.exists()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        presets = ", ".join(list_presets())
        raise Mistake(f'There is no preset and no file "{show(name)}". The presets are: {presets}.')
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise Mistake(f'The policy "{name}" cannot be read: {error.strerror or error}.') from error
    if len(content) > _MAX_DOCUMENT_BYTES:
        raise Mistake(f'The policy "{name}" is larger than 4 MiB; that is not a policy document.')
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Mistake(f'The policy "{name}" is not UTF-8 text.') from error
    if not text.strip():
        raise Mistake(f'The policy "{name}" is empty.')
    return text


def choose_policy(name: str, *, zone: str | None) -> Policy:
    """The policy in `zone`, else in its own. Raises Mistake, also when neither names one (D7)."""
    text = read_document(name)
    if zone is None and not _names_zone(text):
        raise Mistake(
            f'The policy "{name}" has no time zone, and months, weeks and days depend on it. '
            "Give one with --zone, for example --zone Asia/Manila."
        )
    return _load(name, text, zone=zone)


def choose_policy_to_show(name: str, *, zone: str | None) -> ChosenPolicy:
    """The policy to read, in whatever zone: a document without one still has something to say. Raises Mistake."""
    text = read_document(name)
    is_zone_chosen = zone is not None or _names_zone(text)
    return ChosenPolicy(
        policy=_load(name, text, zone=zone if is_zone_chosen else _STAND_IN_ZONE), is_zone_chosen=is_zone_chosen
    )


def load_to_check(text: str) -> Policy:
    """The policy of a document that may leave the zone to the school. Raises InvalidPolicy with all problems."""
    return load_policy(text, zone=None if _names_zone(text) else _STAND_IN_ZONE)


def _load(name: str, text: str, *, zone: str | None) -> Policy:
    try:
        return load_policy(text, zone=zone)
    except InvalidPolicy as error:
        if len(error.problems) == 1:
            raise Mistake(str(error.problems[0])) from error
        listed = "\n".join(f"  {problem}" for problem in error.problems)
        raise Mistake(f'The policy "{name}" has {len(error.problems)} problems:\n{listed}') from error


def _names_zone(text: str) -> bool:
    try:
        return "zone" in parse_document(text)
    except InvalidPolicy:
        return True  # Whatever is wrong with the document, it is not the missing zone.
