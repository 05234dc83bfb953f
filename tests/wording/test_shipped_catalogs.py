"""The catalogs that ship: whole, compilable, and each text with the values of its source."""

from __future__ import annotations

import gettext
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from makegood.wording import catalogs, collection

LEAST_SHARE = 0.95
LANGUAGES = sorted(path.parent.parent.name for path in catalogs.LOCALES.glob("*/LC_MESSAGES/django.po"))
_PLACEHOLDERS = re.compile(r"%\([^)]+\)[sd]|\{\w+\}|</?\w+[^>]*>")


def path_of(language: str) -> Path:
    return catalogs.LOCALES / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def pairs(message: Message) -> list[tuple[str, str]]:
    """Each form of the source with its translation; forms a language has beyond two stand for the plural."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    sources = list(message.id)
    return [(sources[min(form, 1)], text) for form, text in enumerate(message.string or ())]


def differing(source: str, translated: str) -> bool:
    """Whether a value or a tag of the source is missing, or another one was added."""
    return Counter(_PLACEHOLDERS.findall(source)) != Counter(_PLACEHOLDERS.findall(translated))


def test_german_ships() -> None:
    assert "de" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalog_translates_what_the_product_says(language: str) -> None:
    shipped = read(language)
    collected = collection.collect(catalogs.LOCALES.parent)
    wanted = [message for message in collected if message.id]

    missing = []
    for message in wanted:
        found = shipped.get(message.id, message.context)
        # A text that became one of a pair has to be translated again, or the pair would be shown in English.
        has_all_forms = found is not None and isinstance(found.id, str) == isinstance(message.id, str)
        if found is None or not has_all_forms or not all(text for _source, text in pairs(found)):
            missing.append(message.id)

    share = 1 - len(missing) / len(wanted)
    assert share >= LEAST_SHARE, f"{language} misses {len(missing)}: {missing}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_values_and_tags_of_their_source(language: str) -> None:
    changed = [pair for message in read(language) if message.id for pair in pairs(message) if differing(*pair)]

    assert changed == []


def test_a_lost_value_would_be_noticed() -> None:
    assert differing("{count} lessons cancelled", "Stunden abgesagt")
    assert differing("until %(until)s", "bis %(bis)s")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language: str) -> None:
    assert [message.id for message in read(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalog_compiles(language: str, tmp_path: Path) -> None:
    copy = tmp_path / language / "LC_MESSAGES" / "django.po"
    copy.parent.mkdir(parents=True)
    shutil.copy(path_of(language), copy)

    assert catalogs.compile_changed(tmp_path) == 1
    compiled = gettext.translation("django", tmp_path, languages=[language])
    assert compiled.gettext("Report an emergency") != "Report an emergency"
