"""The texts of messages, and the page that tells builders of verbs what each needs."""

from __future__ import annotations

import re
from pathlib import Path

from makegood.domain.notifications.catalog import TEMPLATES
from makegood.domain.notifications.kinds import MessageKind, Side, Words, names_in
from makegood.domain.notifications.models import Topic

PAGE = Path(__file__).resolve().parents[3] / "docs" / "messages.md"

FOR_THE_STUDENT = {
    "free_until", "first_free_until", "later_free_until", "was_free_until", "move_link", "cancel_link",
}  # fmt: skip


def names(cell: str) -> set[str]:
    return set() if cell == "–" else set(cell.split(", "))


def test_every_kind_has_its_text() -> None:
    assert set(TEMPLATES) == set(MessageKind)


def rows_of_the_page() -> dict[MessageKind, list[str]]:
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if " | " in line]
    return {MessageKind(row[0].strip("`")): row[1:] for row in rows if len(row) == 6 and re.fullmatch(r"`\w+`", row[0])}


def test_the_page_tells_what_each_kind_needs() -> None:
    told = {kind: (row[1], names(row[2]), names(row[3]), row[4]) for kind, row in rows_of_the_page().items()}

    assert told == {
        kind: (
            template.topic.value,
            set(template.needed),
            set(template.optional),
            template.calendar.value if template.calendar else "–",
        )
        for kind, template in TEMPLATES.items()
    }


def test_emergencies_of_own_lessons_and_work_of_the_desk_have_their_own_topics() -> None:
    assert {template.topic for template in TEMPLATES.values()} == set(Topic)


def test_teachers_and_staff_read_of_sessions_and_students_of_lessons() -> None:
    for kind, row in rows_of_the_page().items():
        for side in names(row[0]):
            words = TEMPLATES[kind].words_for(Side(side))
            other_word = "session" if side == Side.STUDENT else "lesson"

            assert [text for text in (words.subject, *words.paragraphs) if other_word in text.lower()] == [], kind


def test_both_sides_are_told_the_same_values_but_for_what_only_the_student_may_do() -> None:
    for kind, template in TEMPLATES.items():
        if template.to_teacher is not None:
            theirs, ours = template.to_teacher, template.words_for(Side.STUDENT)
            assert names_of_each(theirs) == names_of_each(ours), kind


def names_of_each(words: Words) -> list[frozenset[str]]:
    """The values of each text that is for both sides."""
    return [names for names in map(names_in, (words.subject, *words.paragraphs)) if not names & FOR_THE_STUDENT]


def test_a_paragraph_has_one_address_at_most_and_it_is_its_end() -> None:
    addresses = {"link", "move_link", "cancel_link"}
    for kind, template in TEMPLATES.items():
        for text in template.paragraphs + (template.to_teacher.paragraphs if template.to_teacher else ()):
            for address in names_in(text) & addresses:
                assert names_in(text) & addresses == {address}, kind
                assert text.endswith(f": {{{address}}}"), kind
