"""A message as the recipient reads it: in their language, with times in their zone."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from makegood.domain.notifications.kinds import TEMPLATES, MessageKind
from makegood.domain.notifications.models import Message
from makegood.rules.sentences import Sentence, Value
from makegood.rules.storing import values_from_json
from makegood.wording import Reader, city_name, fill_sentence, format_moment, word_text
from makegood.wording.sentences import value_text


@dataclass(frozen=True, slots=True)
class Text:
    """A subject line and paragraphs."""

    subject: str
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        """The paragraphs as plain text."""
        return "\n\n".join(self.paragraphs) + "\n"


def render(message: Message) -> Text:
    """The message's text for its recipient; load `recipient__person` with it."""
    person = message.recipient.person
    reader = Reader.of(language=person.language, zone=person.zone)
    template = TEMPLATES[MessageKind(message.kind)]
    values = _with_both_times(values_from_json(message.values), reader)
    paragraphs = [text for text in template.paragraphs if _names_in(text) <= values.keys()]
    return Text(
        subject=" ".join(_fill(Sentence(template.subject, values), reader).split()),
        paragraphs=tuple(_fill(Sentence(text, values), reader) for text in paragraphs),
    )


def _with_both_times(values: Mapping[str, Value], reader: Reader) -> Mapping[str, Value]:
    """The lesson's start for teacher and for student, in the reader's language, where both zones are known."""
    starts_at = values.get("starts_at")
    zones = {side: values.get(f"zone_of_{side}") for side in ("teacher", "student")}
    if not isinstance(starts_at, datetime) or None in zones.values():
        return values
    return {
        **values,
        **{f"starts_for_{side}": _time_there(starts_at, str(zone), reader) for side, zone in zones.items()},
    }


def _time_there(at: datetime, zone: str, reader: Reader) -> str:
    there = Reader.of(language=reader.language, zone=zone)
    with translation.override(reader.language):
        # Translators: a time and the city whose time it is, as in "Tue 24 Nov, 15:30, Manila".
        return gettext("{moment}, {city}").format(moment=format_moment(at, there), city=city_name(there.zone, reader))


# Only these are words of ours; names of people and what people typed are shown as they are.
_TRANSLATED = frozenset({"decision"})


def _fill(sentence: Sentence, reader: Reader) -> str:
    words = {name: word_text(str(sentence.values[name]), reader) for name in sentence.values.keys() & _TRANSLATED}
    return fill_sentence(
        Sentence(sentence.text, {**sentence.values, **words}),
        reader,
        lambda value: value if isinstance(value, str) else value_text(value, reader),
    )


def _names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
