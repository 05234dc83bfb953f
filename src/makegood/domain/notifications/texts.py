"""A message as the recipient reads it: in their language, with times in their zone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from makegood.domain.notifications import occurrences
from makegood.domain.notifications.catalog import TEMPLATES
from makegood.domain.notifications.catalog.both_times import BOTH_TIMES, OTHER_TIME, TIME_OF_SERIES
from makegood.domain.notifications.kinds import MessageKind, Side, Template, names_in
from makegood.domain.notifications.links import links_to_change
from makegood.domain.notifications.models import Message
from makegood.rules.sentences import Sentence, Value
from makegood.rules.storing import values_from_json
from makegood.wording import Reader, city_name, fill_sentence, format_clock, format_moment, word_text
from makegood.wording.sentences import value_text

# What `links_to_change` says.
_LINKS_TO_CHANGE: Final = frozenset({"move_link", "cancel_link"})
# Values that nobody announces: they follow from what was announced, for the reader.
DERIVED: Final = frozenset(
    {"other", "times", "starts_for_teacher", "starts_for_student", "starts_for_other", "city", "other_city"}
    | _LINKS_TO_CHANGE
)
# Addresses, which nobody wants to read where they can be links; at most one stands in a paragraph.
_LINKS: Final = _LINKS_TO_CHANGE | {"link"}
# Takes the place of an address in a text, to find what is around it.
_MARK: Final = "\ufffc"
# How a sentence ends.
_ENDS: Final = frozenset(".!?\u3002")
_BEFORE_A_LINK: Final = ":\uff1a \u00a0\u202f"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`plain` where only text can be; `words` where there are links: with a `link` they are what leads to it."""

    plain: str
    words: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A subject line and paragraphs. `has_bare_times`: some times in them stand without the city they are of.

    `below` are the paragraphs where the subject stands right above them: without a first sentence that says the same.
    """

    subject: str
    parts: tuple[Paragraph, ...]
    below: tuple[Paragraph, ...] = ()
    has_bare_times: bool = False

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs as plain text."""
        return tuple(part.plain for part in self.parts)

    @property
    def body(self) -> str:
        """The paragraphs as plain text."""
        return "\n\n".join(self.paragraphs) + "\n"


def render(message: Message) -> Text:
    """The message's text for its recipient; load `recipient__person` and `school` with it."""
    reader = reader_of(message)
    words = template_of(message).words_for(message.values.get("side"))
    values = values_of(message, reader)
    if any(names_in(text) & _LINKS_TO_CHANGE for text in words.paragraphs):
        values = {**values, **links_to_change(message)}
    texts = [text for text in words.paragraphs if names_in(text) <= values.keys()]
    if "starts_for_other" in values:
        texts = [OTHER_TIME if text is BOTH_TIMES else text for text in texts]
    # The lesson's start carries its city where it is first named; all times are the recipient's.
    first = next((text for text in texts if "starts_at" in names_in(text)), None)
    bare = [_times_in(text, values) - ({"starts_at"} if text is first else set()) for text in texts]
    parts = tuple(_part(text, values, reader, with_city={"starts_at"} if text is first else ()) for text in texts)
    subject = _subject(words.subject, values, reader)
    return Text(
        subject=subject,
        parts=parts,
        below=_below(subject, parts, _alike(words.subject, texts[0], values, reader) if texts else ""),
        has_bare_times=any(bare) and not any("city" in names_in(text) for text in texts),
    )


def _alike(subject: str, text: str, values: Mapping[str, Value], reader: Reader) -> str:
    """The first paragraph with the times of the subject written as there, in one line."""
    return " ".join(_fill(Sentence(text, values), reader, with_city=_times_in(subject, values)).split())


def _below(subject: str, parts: tuple[Paragraph, ...], alike: str) -> tuple[Paragraph, ...]:
    left = alike.removeprefix(subject)
    if not parts or parts[0].link or left == alike or left[:1] not in _ENDS:
        return parts
    left = left[1:].strip()
    return (Paragraph(plain=left, words=left), *parts[1:]) if left else parts[1:]


def _part(text: str, values: Mapping[str, Value], reader: Reader, *, with_city: Collection[str]) -> Paragraph:
    """One paragraph. Only an address that a text of ours names becomes its link, never one that somebody typed."""
    named = names_in(text) & _LINKS
    plain = _fill(Sentence(text, values), reader, with_city=with_city)
    if not named:
        return Paragraph(plain=plain, words=plain)
    (name,) = named
    before, _mark, after = _fill(Sentence(text, {**values, name: _MARK}), reader, with_city=with_city).partition(_MARK)
    # "Answer here: " leads there by the words "Answer here".
    words = f"{before.rstrip(_BEFORE_A_LINK)} {after.lstrip()}".strip()
    return Paragraph(plain=plain, words=words, link=str(values[name]))


def subject_for(message: Message, reader: Reader) -> str:
    """The subject as somebody else reads it, in their language and zone: what a message is about."""
    words = template_of(message).words_for(message.values.get("side"))
    return _subject(words.subject, values_of(message, reader), reader)


def _subject(text: str, values: Mapping[str, Value], reader: Reader) -> str:
    """One line, in which every time names its city: in a list of mails nothing else does."""
    return " ".join(_fill(Sentence(text, values), reader, with_city=_times_in(text, values)).split())


def _times_in(text: str, values: Mapping[str, Value]) -> set[str]:
    return {name for name in names_in(text) if isinstance(values.get(name), datetime)}


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
        if f"starts_for_{other}" in values:
            values["starts_for_other"] = values[f"starts_for_{other}"]
    link = values.get("link")
    if isinstance(link, str) and link.startswith("/"):
        values["link"] = settings.ADDRESS + link
    values["city"] = city_name(reader.zone, reader)
    if occurrences.SERIES in message.values:
        series = occurrences.read(message.values)
        there = _reader_of_other(values, reader)
        if there is not None and all(_is_same_clock(one.starts_at, reader, there) for one in series):
            there = None
        if there is not None:
            values["other_city"] = city_name(there.zone, reader)
        values["times"] = "\n".join(_time_of_series(one.starts_at, reader, there) for one in series)
    return values


def _reader_of_other(values: Mapping[str, Value], reader: Reader) -> Reader | None:
    """The reader's language on the clock of the other party of the lesson, None where that is nobody or not known."""
    if values.get("side") not in {Side.TEACHER, Side.STUDENT}:
        return None
    zone = values.get("zone_of_student" if values["side"] == Side.TEACHER else "zone_of_teacher")
    return Reader.of(language=reader.language, zone=str(zone)) if zone is not None else None


def _is_same_clock(at: datetime, reader: Reader, there: Reader) -> bool:
    return at.astimezone(reader.zone).utcoffset() == at.astimezone(there.zone).utcoffset()


def _time_of_series(starts_at: datetime, reader: Reader, there: Reader | None) -> str:
    """One lesson of a series on the recipient's clock and on that of the other party, with its day if it differs."""
    own = format_moment(starts_at, reader)
    if there is None:
        return own
    is_same_day = starts_at.astimezone(there.zone).date() == starts_at.astimezone(reader.zone).date()
    theirs = format_clock(starts_at, there) if is_same_day else format_moment(starts_at, there)
    return fill(TIME_OF_SERIES, {"own": own, "theirs": theirs}, reader)


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


def _with_city(at: datetime, reader: Reader) -> str:
    with translation.override(reader.language):
        # Translators: a time and, in brackets, the city whose time it is, as in "Tue 24 Nov, 15:30 (Manila)".
        return gettext("{moment} ({city})").format(
            moment=format_moment(at, reader), city=city_name(reader.zone, reader)
        )


# Only these are words of ours; names of people and what people typed are shown as they are.
_TRANSLATED = frozenset({"decision", "asked_by", "problem", "follows", "outcome"})


def _fill(sentence: Sentence, reader: Reader, *, with_city: Collection[str] = ()) -> str:
    words = {name: word_text(str(sentence.values[name]), reader) for name in sentence.values.keys() & _TRANSLATED}
    for name in with_city:
        at = sentence.values.get(name)
        if isinstance(at, datetime):
            words[name] = _with_city(at, reader)
    return fill_sentence(
        Sentence(sentence.text, {**sentence.values, **words}),
        reader,
        lambda value: value if isinstance(value, str) else value_text(value, reader),
    )
