"""One document, read whole: syntax, then every key and value, then what the parts say about each other."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from makegood.rules.documents.checking import check_policy
from makegood.rules.documents.reading import Reader, show_value
from makegood.rules.policy import FORMAT, Policy
from makegood.rules.problems import InvalidPolicy, Problem

_CURRENCY: Final = re.compile(r"[A-Z]{3}")
# Read by the loader itself, or filled by it.
_FILLED_HERE = ("unset", "zone_info")
_NO_ZONES: Final = ("localtime", "posixrules", "Factory")


@lru_cache(maxsize=16)
def load_policy(text: str, *, zone: str | None) -> Policy:
    """Read a TOML policy document; the same text again costs nothing, as a policy never changes.

    `zone` is an IANA name and wins over the document's own `zone` (D7). Raises InvalidPolicy with every problem found;
    without any zone, or with an unknown one, that is one of them.
    """
    return read_policy(parse_document(text), zone=zone)


def parse_document(text: str) -> dict[str, object]:
    """The tables of a TOML text, unread. Raises InvalidPolicy when it is not TOML, or nests or counts without end."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise InvalidPolicy([_not_toml("Its tables and lists are nested too deeply")]) from error
    except ValueError as error:  # TOMLDecodeError is one; so is a number of thousands of digits.
        said = error if isinstance(error, tomllib.TOMLDecodeError) else "A number in it is too long"
        raise InvalidPolicy([_not_toml(str(said))]) from error


def read_policy(document: Mapping[str, object], *, zone: str | None) -> Policy:
    """Read a policy document that is already parsed; otherwise like `load_policy`."""
    if document.get("format") != FORMAT or isinstance(document.get("format"), bool):
        raise InvalidPolicy([_other_format(document)])
    problems = _zone_problems(document, zone)
    chosen = zone if zone is not None else document.get("zone")
    known_zone = chosen if isinstance(chosen, str) and not problems else "UTC"
    reader = Reader(currency=_currency(document, problems), problems=problems)
    policy = reader.read(Policy, {**document, "zone": known_zone}, where="", skip=_FILLED_HERE)
    if policy is not None:
        problems.extend(check_policy(policy))
    if problems or policy is None:
        raise InvalidPolicy(problems)
    return dataclasses.replace(policy, unset=tuple(reader.unset))


def _not_toml(said: str) -> Problem:
    return Problem(
        where="document",
        what=f"This is not valid TOML: {said}.",
        how_to_fix="Correct it there; the presets show how a policy is written.",
    )


def _other_format(document: Mapping[str, object]) -> Problem:
    found = document.get("format")
    said = "is missing" if found is None else f"is {show_value(found)}"
    return Problem(
        where="format",
        what=f"The document's format number {said}; this version of Makegood reads format {FORMAT}.",
        how_to_fix=f"Write `format = {FORMAT}` as the first line, or use a newer Makegood.",
    )


def _zone_problems(document: Mapping[str, object], zone: str | None) -> list[Problem]:
    chosen = zone if zone is not None else document.get("zone")
    if chosen is None:
        return [
            Problem(
                where="zone",
                what="The policy has no time zone, so months, weeks and deadlines cannot be decided.",
                how_to_fix="Give one, such as Asia/Manila.",
            )
        ]
    if not isinstance(chosen, str) or not is_known_zone(chosen):
        return [
            Problem(
                where="zone",
                what=f"{show_value(chosen)} is not a time zone.",
                how_to_fix="Use a name of the IANA time zone database, such as Asia/Manila or Europe/Berlin.",
            )
        ]
    return []


def is_known_zone(name: str) -> bool:
    """Whether `name` is a zone of the IANA time zone database on this machine.

    What such a database holds besides is refused: this machine's own setting, and the copies that count leap seconds.
    """
    if name in _NO_ZONES or name.startswith(("posix/", "right/")):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # zoneinfo raises ValueError for unsafe or malformed keys, and an OSError when the key names a directory.
        return False
    return bool(name)


def _currency(document: Mapping[str, object], problems: list[Problem]) -> str | None:
    currency = document.get("currency")
    if currency is None:
        return None
    if isinstance(currency, str) and _CURRENCY.fullmatch(currency):
        return currency
    problems.append(
        Problem(
            where="currency",
            what=f"{show_value(currency)} is not a currency code.",
            how_to_fix="Use three capital letters of ISO 4217, such as USD, or leave it out where no money is taken.",
        )
    )
    return "USD"  # so that the amounts are still checked and every problem is found at once
