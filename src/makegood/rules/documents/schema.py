"""The published JSON Schema of policy documents, made from the same types that read them."""

from __future__ import annotations

import dataclasses
import json
import typing
from enum import StrEnum
from typing import Any

from makegood.rules.documents.reading import field_types, notes_of, without_none
from makegood.rules.policy import FORMAT, Policy
from makegood.rules.settings.notes import LARGEST_NUMBER, Amount, AtLeast, AtMost, Decides, NotEmpty, Says


def policy_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a policy document of the current format."""
    schema = _table(Policy, skip=("unset", "zone_info"))
    schema["properties"]["format"] = {
        "const": FORMAT,
        "description": schema["properties"]["format"]["description"],
    }
    schema["required"] = [name for name in schema["required"] if name != "zone"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Makegood policy document",
        **schema,
    }


def _table(kind: type[Any], *, skip: tuple[str, ...] = ()) -> dict[str, Any]:
    hints = field_types(kind)
    fields = [field for field in dataclasses.fields(kind) if field.name not in skip]
    required = [
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]
    return {
        "type": "object",
        "properties": {field.name: _value(hints[field.name]) for field in fields},
        "required": required,
        "additionalProperties": False,
    }


def _value(annotated: Any) -> dict[str, Any]:
    bare, notes = notes_of(annotated)
    bare, inner_notes = notes_of(without_none(bare))
    notes = (*notes, *inner_notes)
    described = _shape(bare, notes)
    for note in notes:
        if isinstance(note, Says):
            described["description"] = note.text
        elif isinstance(note, Decides):
            described["$comment"] = note.row
        elif isinstance(note, AtLeast):
            described["minimum"] = note.minimum
        elif isinstance(note, AtMost):
            described["maximum"] = note.maximum
        elif isinstance(note, NotEmpty):
            described["minLength"] = 1
    return described


def _shape(bare: Any, notes: tuple[Any, ...]) -> dict[str, Any]:
    if any(isinstance(note, Amount) for note in notes):
        return {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,3})?$"}
    origin = typing.get_origin(bare)
    if origin is tuple:
        return {"type": "array", "items": _value(typing.get_args(bare)[0])}
    if origin is dict:
        return {
            "type": "object",
            "additionalProperties": _value(typing.get_args(bare)[1]),
        }
    if dataclasses.is_dataclass(bare) and isinstance(bare, type):
        return _table(bare)
    if bare is int:
        return {"type": "integer", "maximum": LARGEST_NUMBER}
    if bare is bool:
        return {"type": "boolean"}
    if issubclass(bare, StrEnum):
        return {"enum": [code.value for code in bare]}
    return {"type": "string"}


def schema_text() -> str:
    """The published file, `schema.json`, as it should stand beside this module."""
    return json.dumps(policy_schema(), indent=2) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
