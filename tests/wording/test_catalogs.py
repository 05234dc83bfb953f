"""Collecting and compiling translatable texts without any program outside Python."""

from __future__ import annotations

import gettext
from pathlib import Path

from makegood.wording import catalogs, collection

MODULE = """
from django.utils.translation import gettext as _, ngettext, pgettext
plain = _("Save")
counted = ngettext("{count} lesson", "{count} lessons", 2)
told = pgettext("button", "Close")
_PAIR = (gettext_noop("{minutes} minute"), gettext_noop("{minutes} minutes"))
_SEVERAL = (gettext_noop("{n} day is left"), gettext_noop("{n} days are left"), gettext_noop("{n} days are gone"))
_WORDING = Wording(gettext_noop("one"), gettext_noop("some"))
_SENTENCE = Sentence(gettext_noop("a day"), {}, plural=gettext_noop("days"), count="n")
"""
PRESET = """
title = "A policy"
[[reasons]]
code = "illness"
title = "You are ill"
title_for_others = "Illness of the teacher"
"""
TEMPLATE = """<p title="it's">{% translate "Penalty" %}</p>
    {% blocktranslate trimmed count n=lessons %}one lesson{% plural %}{{ n }} lessons{% endblocktranslate %}
  {% translate "Now" context "countdown" %}"""


def test_module_texts_are_found_with_plurals_contexts_and_pairs() -> None:
    found = {(message, context) for _line, message, context, _comments in collection.texts_of_module(MODULE)}

    assert found == {
        ("Save", None),
        (("{count} lesson", "{count} lessons"), None),
        ("Close", "button"),
        (("{minutes} minute", "{minutes} minutes"), None),
        ("{minutes} minutes", None),
        (("{n} day is left", "{n} days are left"), None),
        ("{n} days are left", None),
        ("{n} days are gone", None),
        (("one", "some"), None),
        ("some", None),
        (("a day", "days"), None),
        ("days", None),
    }


def test_titles_of_shipped_policies_are_found() -> None:
    assert list(collection.texts_of_preset(PRESET)) == ["A policy", "You are ill", "Illness of the teacher"]


def test_template_texts_are_found_whatever_stands_around_them() -> None:
    found = {(message, context) for _line, message, context, _comments in collection.texts_of_template(TEMPLATE, "x")}

    assert found == {("Penalty", None), (("one lesson", "%(n)s lessons"), None), ("Now", "countdown")}


def test_catalog_is_started_kept_and_compiled_when_stale(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "module.py").write_text(MODULE, encoding="utf-8")
    path = tmp_path / "locale" / "de" / "LC_MESSAGES" / "django.po"
    collection.update(collection.collect(package), path)
    path.write_text(
        path.read_text(encoding="utf-8").replace('msgid "Save"\nmsgstr ""', 'msgid "Save"\nmsgstr "Speichern"')
    )

    collection.update(collection.collect(package), path)
    assert catalogs.compile_changed(tmp_path / "locale") == 1
    assert catalogs.compile_changed(tmp_path / "locale") == 0
    translation = gettext.translation("django", tmp_path / "locale", languages=["de"])
    assert translation.gettext("Save") == "Speichern"


def test_texts_of_the_product_are_found_in_rules_and_templates() -> None:
    package = Path(catalogs.__file__).resolve().parents[1]

    collected = collection.collect(package)

    assert collected.get("How we worked this out") is not None
    assert collected.get("Style guide") is None
    assert len(collected) > 100
