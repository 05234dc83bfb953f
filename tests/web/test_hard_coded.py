"""The finder of untranslated text finds what is planted, and nothing in a page that is whole."""

from __future__ import annotations

import pytest

from makegood.wording.pseudo import PseudoTranslation, transform
from tests.web.hard_coded import find_hard_coded_text


def test_transformed_text_keeps_values_and_markup_and_grows() -> None:
    text = transform(" Hello %(name)s, see <a href='x'>{count} lessons</a>&nbsp;now ")

    assert text.startswith(" ⟦Ĥéļļö %(name)s, ")
    assert "<a href='x'>{count} ļéššöñš</a>&nbsp;ñöŵ" in text
    assert text.endswith("⟧ ")
    assert len(text) > 1.3 * len("Hello, see lessons now")


def test_plural_and_context_are_transformed_too() -> None:
    language = PseudoTranslation("en-xa")
    assert language.ngettext("one day", "{count} days", 2).startswith("⟦{count} ðåýš")
    assert language.gettext("button\x04Main").startswith("⟦Ṁåîñ")
    assert not language.gettext("")


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Plain</p>", ["Plain"]),
        ("<p>⟦Ţéẋţ <b>ƀöļð</b> Kim⟧ and more</p>", ["and more"]),
        ('<nav aria-label="Main">⟦Ĝö⟧</nav>', ["aria-label=Main"]),
        ('<input placeholder="Search">', ["placeholder=Search"]),
        ("<title>⟦Þåĝé⟧ - Marigold</title>", []),
        ("<title>Page - Marigold</title>", ["Page"]),
        ('<p>⟦Ŵîţĥ⟧ <bdi>Kim</bdi> <span translate="no">Kim</span> <time>Tue</time> 12</p>', []),
        ('<svg aria-label="x"></svg><script>let word;</script>', []),
        ("<p>⟦çûţ</p>", ["a translated text was cut off"]),
    ],
)
def test_hard_coded_text_is_found_and_nothing_else(html: str, found: list[str]) -> None:
    assert find_hard_coded_text(html) == found
