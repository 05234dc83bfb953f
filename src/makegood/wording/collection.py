"""Collects the translatable texts of modules and templates into catalogs, in pure Python.

A catalog is `locale/<language>/LC_MESSAGES/django.po`; `catalogs.py` compiles it.
"""

from __future__ import annotations

import ast
import io
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

# Which argument is the text, which its plural, which (marked "c") its context.
_KEYWORDS: Final = {
    "_": (1,),
    "gettext": (1,),
    "gettext_lazy": (1,),
    "gettext_noop": (1,),
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_TEXTS_OF_A_POLICY: Final = ("title", "title_for_others", "summary", "source")
# Sources that are said in other words, or that are an address.
_NO_WORDS: Final = re.compile(r"our reading|[a-z0-9.]+$")
# The style guide's samples are nobody's texts.
_LEFT_OUT: Final = re.compile(r"(^|/)gallery")

Found = tuple[int, str | tuple[str, str], str | None, list[str]]


def collect(package: Path) -> Catalog:
    """Every translatable text of a package's modules and templates; places are relative to the package."""
    catalog = Catalog(project="Makegood", charset="utf-8")
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.html"), *package.rglob("*.txt")]):
        place = path.relative_to(package).as_posix()
        if _LEFT_OUT.search(place) or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        found = list(texts_of_module(text)) if path.suffix == ".py" else list(texts_of_template(text, place))
        for line, message, context, comments in found:
            catalog.add(message, locations=[(place, line)], auto_comments=comments, context=context)
    for path in sorted((package / "presets").glob("*.toml")):
        for message in texts_of_preset(path.read_text(encoding="utf-8")):
            catalog.add(message, locations=[(path.relative_to(package).as_posix(), 1)])
    return catalog


def texts_of_preset(source: str) -> Iterator[str]:
    """Titles, summary and sources of a shipped policy; screens look them up as they do our own texts."""
    yield from _named_texts(tomllib.loads(source))


def _named_texts(part: Any) -> Iterator[str]:
    match part:
        case dict():
            for name, value in part.items():
                if name in _TEXTS_OF_A_POLICY and isinstance(value, str):
                    if not _NO_WORDS.match(value):
                        yield value
                else:
                    yield from _named_texts(value)
        case list():
            for value in part:
                yield from _named_texts(value)


def texts_of_module(source: str) -> Iterator[Found]:
    """The texts of a Python module; of a pair `(gettext_noop(one), gettext_noop(many))` the first also has a plural."""
    pairs = dict(_plural_pairs(source))
    for line, message, context, comments in _called(source):
        plural = pairs.get(message) if isinstance(message, str) else None
        yield line, (message, plural) if isinstance(message, str) and plural else message, context, comments


def _plural_pairs(source: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Tuple(elts=texts):
                for first, second in pairwise(texts):
                    one, many = _marked_text(first), _marked_text(second)
                    if one and many and _are_one_and_many(one, many):
                        yield one, many
            case ast.Call(func=ast.Name(id="Wording"), args=[first, second]):
                yield from _both(_marked_text(first), _marked_text(second))
            case ast.Call(args=[first, *_], keywords=keywords):
                plural = next((keyword.value for keyword in keywords if keyword.arg == "plural"), None)
                if plural is not None:
                    yield from _both(_marked_text(first), _marked_text(plural))


def _both(one: str | None, many: str | None) -> Iterator[tuple[str, str]]:
    if one and many:
        yield one, many


def _are_one_and_many(one: str, many: str) -> bool:
    """Whether two texts say the same of the same values, of one and of several; other neighbors are two texts."""
    words = list(zip(one.split(), many.split(), strict=False))
    return (
        _values_in(one) == _values_in(many) != set()
        and len(one.split()) == len(many.split())
        and any(several == f"{single}s" for single, several in words)
    )


def _values_in(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def _marked_text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "gettext_noop":
        argument = node.args[0]
        return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None
    return None


def texts_of_template(source: str, place: str) -> Iterator[Found]:
    """The texts of a Django template."""
    # Django turns all that is not a translatable text into filler; indented filler would not be Python.
    filled = templatize(source, origin=place)
    yield from _called("\n".join(line.strip() for line in filled.splitlines()))


def _called(source: str) -> Iterator[Found]:
    file = io.BytesIO(source.encode())
    keywords = dict.fromkeys(_KEYWORDS)
    for line, function, messages, comments in extract_python(file, keywords, ["Translators:"], {}):
        texts = list(messages) if isinstance(messages, tuple | list) else [messages]
        spec = _KEYWORDS[str(function)]
        context = texts.pop(0) if isinstance(spec[0], tuple) else None
        wanted = len(spec) - (1 if context is not None else 0)
        match [text for text in texts[:wanted] if text]:
            case [one, many]:
                yield line, (one, many), context, [str(comment) for comment in comments or ()]
            case [one]:
                yield line, one, context, [str(comment) for comment in comments or ()]


def update(catalog: Catalog, path: Path) -> Catalog:
    """Merge the collected texts into the catalog at `path`, which is made when it does not exist, and write it."""
    language = path.parent.parent.name
    existing = Catalog(locale=language, charset="utf-8")
    if path.exists():
        with path.open("rb") as file:
            existing = read_po(file, locale=language)
    existing.update(catalog, no_fuzzy_matching=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, existing, width=120, sort_output=True, omit_header=False)
    return existing
