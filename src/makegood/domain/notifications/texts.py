"""A message as the recipient reads it: in their language, with times in their zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from makegood.domain.notifications import occurrences
from makegood.domain.notifications.catalog import TEMPLATES
from makegood.domain.notifications.catalog.both_times import TIME_OF_SERIES
from makegood.domain.notifications.kinds import MessageKind, Side, Template, names_in
from makegood.domain.notifications.models import Message
from makegood.rules.sentences import Sentence, Value
from makegood.rules.storing import values_from_json
from makegood.wording import Reader, city_name, fill_sentence, format_moment, word_text
from makegood.wording.sentences import value_text

# Values that nobody announces: they follow from what was announced, for the reader.
DERIVED: Final = frozenset({"other", "times", "starts_for_teacher", "starts_for_student"})


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
    reader = reader_of(message)
    words = template_of(message).words_for(message.values.get("side"))
    values = values_of(message, reader)
    paragraphs = [text for text in words.paragraphs if names_in(text) <= values.keys()]
    return Text(
        subject=" ".join(_fill(Sentence(words.subject, values), reader).split()),
        paragraphs=tuple(_fill(Sentence(text, values), reader) for text in paragraphs),
    )


def subject_for(message: Message, reader: Reader) -> str:
    """The subject as somebody else reads it, in their language and zone: what a message is about."""
    words = template_of(message).words_for(message.values.get("side"))
    return " ".join(_fill(Sentence(words.subject, values_of(message, reader)), reader).split())


def reader_of(message: Message) -> Reader:
    """The recipient's language and zone."""
    person = message.recipient.person
    return Reader.of(language=person.language, zone=person.zone)


def template_of(message: Message) -> Template:
    """What texts of this kind are made of."""
    return TEMPLATES[MessageKind(message.kind)]


def values_of(message: Message, reader: Reader, *, starts_at: datetime | None = None) -> Mapping[str, Value]:
    """What was announced, with what follows from it: both times, the other party, the times of a series, whole links.

    `starts_at` chooses one lesson of a series.
    """
    stored = {name: value for name, value in message.values.items() if name != occurrences.SERIES}
    values = dict(values_from_json(stored))
    if starts_at is not None:
        values["starts_at"] = starts_at
    values = dict(with_both_times(values, reader))
    side = values.get("side")
    if side in {Side.TEACHER, Side.STUDENT}:
        other = Side.STUDENT if side == Side.TEACHER else Side.TEACHER
        if other in values:
            values["other"] = values[other]
    link = values.get("link")
    if isinstance(link, str) and link.startswith("/"):
        values["link"] = settings.ADDRESS + link
    if occurrences.SERIES in message.values:
        series = occurrences.read(message.values)
        values["times"] = "\n".join(_time_of_series(values, one.starts_at, reader) for one in series)
    return values


def _time_of_series(values: Mapping[str, Value], starts_at: datetime, reader: Reader) -> str:
    """One lesson of a series on the recipient's clock and, where it is known, on that of the other party."""
    told = with_both_times({**values, "starts_at": starts_at}, reader)
    side, other = told.get("side"), told.get("other")
    if side not in {Side.TEACHER, Side.STUDENT} or other is None or "starts_for_teacher" not in told:
        return format_moment(starts_at, reader)
    own, theirs = told["starts_for_teacher"], told["starts_for_student"]
    if side == Side.STUDENT:
        own, theirs = theirs, own
    return fill(TIME_OF_SERIES, {"own": own, "other": other, "theirs": theirs}, reader)


def fill(text: str, values: Mapping[str, Value], reader: Reader) -> str:
    """A text of ours in the reader's language, filled with a message's values."""
    return _fill(Sentence(text, values), reader)


def with_both_times(values: Mapping[str, Value], reader: Reader) -> Mapping[str, Value]:
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
_TRANSLATED = frozenset({"decision", "asked_by", "problem", "follows", "outcome"})


def _fill(sentence: Sentence, reader: Reader) -> str:
    words = {name: word_text(str(sentence.values[name]), reader) for name in sentence.values.keys() & _TRANSLATED}
    return fill_sentence(
        Sentence(sentence.text, {**sentence.values, **words}),
        reader,
        lambda value: value if isinstance(value, str) else value_text(value, reader),
    )
