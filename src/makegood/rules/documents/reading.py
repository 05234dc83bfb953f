"""Reads tables into the policy's types, which are the format: fields, notes and defaults say what is allowed."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from makegood.quantities import Money
from makegood.rules.files.cells import show
from makegood.rules.problems import Problem
from makegood.rules.settings.notes import LARGEST_NUMBER, Amount, AtLeast, AtMost, Decides, NotEmpty

_T = TypeVar("_T")
_AMOUNT: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?")
# Control characters but for the tab and the line breaks of a longer text.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class _Missing:
    """Marks a value that could not be read; its problem is already in the list."""


MISSING: Final = _Missing()


def field_types(kind: type[Any]) -> dict[str, Any]:
    """The annotated types of a policy type's fields, notes included, in order."""
    return typing.get_type_hints(kind, include_extras=True)


def notes_of(annotated: Any) -> tuple[Any, tuple[Any, ...]]:
    """The bare type and its notes."""
    if typing.get_origin(annotated) is typing.Annotated:
        bare, *notes = typing.get_args(annotated)
        inner, more = notes_of(bare)
        return inner, (*notes, *more)
    return annotated, ()


def without_none(bare: Any) -> Any:
    """`X | None` as X; an absent key is how a document says None."""
    if typing.get_origin(bare) in (typing.Union, types.UnionType):
        (kept,) = [part for part in typing.get_args(bare) if part is not type(None)]
        return kept
    return bare


class Reader:
    """Reads one document; collects problems and unset settings of the decision table as it goes."""

    def __init__(self, *, currency: str | None, problems: list[Problem]) -> None:
        self.currency = currency
        self.problems = problems
        self.unset: list[str] = []

    def read(self, kind: type[_T], table: object, *, where: str, skip: tuple[str, ...] = ()) -> _T | None:
        """Read `table` as `kind`; None when something in it is wrong, which is then in `problems`."""
        if not isinstance(table, Mapping):
            self._problem(
                where,
                "This must be a table.",
                "Write it as [table] with one setting per line.",
            )
            return None
        hints = {name: hint for name, hint in field_types(kind).items() if name not in skip}
        self._report_unknown_keys(table, tuple(hints), where)
        values: dict[str, Any] = {}
        complete = True
        for field in dataclasses.fields(kind):  # type: ignore[arg-type]
            if field.name not in hints:
                continue
            path = f"{where}.{field.name}" if where else field.name
            if field.name in table:
                value = self._value(hints[field.name], table[field.name], path)
                complete = complete and value is not MISSING
                values[field.name] = value
            elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                self._problem(path, "This setting is missing.", f"Add `{field.name}` here.")
                complete = False
            else:
                self._note_unset(hints[field.name], _default_of(field), path)
        return kind(**values) if complete else None

    def _value(self, annotated: Any, value: object, where: str) -> Any:
        bare, notes = notes_of(annotated)
        bare, inner_notes = notes_of(without_none(bare))
        notes = (*notes, *inner_notes)
        if any(isinstance(note, Amount) for note in notes):
            return self._amount(value, where)
        origin = typing.get_origin(bare)
        if origin is tuple:
            return self._list(typing.get_args(bare)[0], value, where)
        if origin is dict:
            return self._named_tables(typing.get_args(bare)[1], value, where)
        if dataclasses.is_dataclass(bare) and isinstance(bare, type):
            read = self.read(bare, value, where=where)
            return MISSING if read is None else read
        if bare is int:
            return self._whole_number(value, notes, where)
        if bare is bool:
            return self._checked(value, where, "true or false", is_right=isinstance(value, bool))
        if issubclass(bare, StrEnum):
            return self._code(bare, value, where)
        return self._text(value, notes, where)

    def _list(self, item: Any, value: object, where: str) -> Any:
        if not isinstance(value, list):
            return self._checked(value, where, "a list")
        read = tuple(self._value(item, part, f"{where}[{place}]") for place, part in enumerate(value, start=1))
        return MISSING if MISSING in read else read

    def _named_tables(self, item: Any, value: object, where: str) -> Any:
        if not isinstance(value, Mapping):
            return self._checked(value, where, "a table of named tables")
        read = {name: self._value(item, part, f"{where}.{name}") for name, part in value.items()}
        return MISSING if MISSING in read.values() else read

    def _whole_number(self, value: object, notes: tuple[Any, ...], where: str) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            return self._checked(value, where, "a whole number")
        least = next((note.minimum for note in notes if isinstance(note, AtLeast)), None)
        most = next((note.maximum for note in notes if isinstance(note, AtMost)), LARGEST_NUMBER)
        if least is not None and value < least:
            return self._checked(value, where, f"at least {least}")
        return self._checked(value, where, f"at most {most}", is_right=value <= most)

    def _text(self, value: object, notes: tuple[Any, ...], where: str) -> Any:
        if not isinstance(value, str):
            return self._checked(value, where, "a text in quotes")
        if any(isinstance(note, NotEmpty) for note in notes) and not value.strip():
            return self._checked(value, where, "a text with at least one letter or digit")
        return self._checked(value, where, "a text that can be printed", is_right=not _UNPRINTABLE.search(value))

    def _code(self, codes: type[StrEnum], value: object, where: str) -> Any:
        if value in [code.value for code in codes]:
            return codes(value)
        return self._checked(value, where, "one of " + ", ".join(codes))

    def _amount(self, value: object, where: str) -> Any:
        if self.currency is None:
            self._problem(
                where,
                "There is an amount, but the policy has no currency.",
                'Add `currency = "USD"` or yours.',
            )
            return MISSING
        if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
            return self._checked(value, where, 'an amount in quotes, such as "0.30"')
        exponent = Money(0, self.currency).exponent
        whole, _, rest = value.partition(".")
        if len(rest) > exponent:
            return self._checked(value, where, f"an amount with at most {exponent} decimals in {self.currency}")
        return int(whole) * 10**exponent + int(rest.ljust(exponent, "0") or "0")

    def _checked(self, value: object, where: str, expected: str, *, is_right: bool = False) -> Any:
        if is_right:
            return value
        self._problem(where, f"{show_value(value)} is not {expected}.", f"Write {expected}.")
        return MISSING

    def _report_unknown_keys(self, table: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in known:
                path = f"{where}.{key}" if where else key
                self._problem(
                    path,
                    "This setting is not known.",
                    "Remove it, or use one of: " + ", ".join(known) + ".",
                )

    def _note_unset(self, annotated: Any, default: object, where: str) -> None:
        _bare, notes = notes_of(annotated)
        for note in notes:
            if isinstance(note, Decides):
                self.unset.append(f"{note.row} {where}")
        if dataclasses.is_dataclass(default) and not isinstance(default, type):
            for name, hint in field_types(type(default)).items():
                self._note_unset(hint, getattr(default, name), f"{where}.{name}")

    def _problem(self, where: str, what: str, how_to_fix: str) -> None:
        self.problems.append(Problem(where=where or "document", what=what, how_to_fix=how_to_fix))


def show_value(value: object) -> str:
    """A document's value as a message may carry it: as TOML writes it, short, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{show(value)}"'
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, list) else show(str(value))


def _default_of(field: dataclasses.Field[Any]) -> object:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
