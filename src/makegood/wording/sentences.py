"""The rules' sentences in a reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.utils.translation import gettext, ngettext

from makegood.quantities import Money
from makegood.rules.late_reports import in_hours
from makegood.rules.sentences import Sentence, Value
from makegood.wording.amounts import format_money, format_number
from makegood.wording.reader import Reader
from makegood.wording.times import DayForm, format_day, format_moment


def fill_sentence(
    sentence: Sentence, reader: Reader, show: Callable[[Value], str], *, prepare: Callable[[str], str] = str
) -> str:
    """Translate the template, choose its plural form, `prepare` it and fill it with `show(value)` of each value."""
    sentence = in_hours(sentence)
    with reader.speaking():
        if sentence.plural is not None and sentence.count is not None:
            count = sentence.values[sentence.count]
            if not isinstance(count, int):
                raise TypeError(f"the count of a sentence is a whole number, not {count!r}")
            template = ngettext(sentence.text, sentence.plural, count)
        else:
            template = gettext(sentence.text)
        return prepare(template).format_map(_Shown(sentence.values, show))


class _Shown(dict[str, str]):
    """The values as they are written, each when the text asks for it: messages carry more than a sentence says."""

    def __init__(self, values: Mapping[str, Value], show: Callable[[Value], str]) -> None:
        super().__init__()
        self._values, self._show = values, show

    def __missing__(self, name: str) -> str:
        shown = self[name] = self._show(self._values[name])
        return shown


def value_text(value: Value, reader: Reader) -> str:
    """One value as the reader writes it; text is a name or a code of somebody's own and stays as it is."""
    if isinstance(value, Money):
        return format_money(value, reader)
    if isinstance(value, datetime):
        return format_moment(value, reader)
    if isinstance(value, date):
        return format_day(value, reader, DayForm.SHORT)
    if isinstance(value, int):
        return format_number(value, reader)
    return value


def word_text(word: str, reader: Reader) -> str:
    """A word of ours that is put into sentences, such as the name of an outcome, in the reader's language."""
    with reader.speaking():
        return gettext(word) if word else word


def sentence_text(sentence: Sentence, reader: Reader) -> str:
    """The sentence as plain text, for messages, files and labels."""
    return fill_sentence(sentence, reader, lambda value: value_text(value, reader))
