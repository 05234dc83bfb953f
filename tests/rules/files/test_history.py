"""The history reader: what it takes, and that it names every fault with its line and column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from makegood.quantities import Money
from makegood.rules.english import in_english
from makegood.rules.facts import Decision, Incident, Kind, RequestedBy
from tests.rules.files.reading import PLAIN, problems_of, read, told, write


def test_history_with_every_column_is_read_exactly() -> None:
    content = write(
        {
            "reported_at": "2026-11-22 07:00Z",
            "taught_minutes": "12",
            "reason": "power_outage",
            "decision": "waived",
            "lesson_type": "trial",
            "lesson_pay": "12.5",
            "booked_at": "2026-11-01T00:00:00.250-03:30",
            "engagement": "employee",
            "country": "PH",
        }
    )
    assert [row.incident for row in read(content).rows] == [
        Incident(
            incident="i1",
            teacher="t1",
            lesson_starts_at=datetime(2026, 11, 22, 7, 30, tzinfo=UTC),
            lesson_minutes=50,
            kind=Kind.CANCELLED,
            requested_by=RequestedBy.TEACHER,
            reported_at=datetime(2026, 11, 22, 7, 0, tzinfo=UTC),
            taught_minutes=12,
            reason="power_outage",
            decision=Decision.WAIVED,
            lesson_type="trial",
            lesson_pay=Money(1250, "USD"),
            booked_at=datetime(2026, 11, 1, 3, 30, 0, 250000, tzinfo=UTC),
            engagement="employee",
            country="PH",
        )
    ]


def test_empty_optional_cells_mean_none_zero_and_regular() -> None:
    content = write({"reported_at": "", "taught_minutes": "", "decision": "", "lesson_type": "", "lesson_pay": ""})
    assert [row.incident for row in read(content).rows] == [
        Incident(
            incident="i1",
            teacher="t1",
            lesson_starts_at=datetime(2026, 11, 22, 7, 30, tzinfo=UTC),
            lesson_minutes=50,
            kind=Kind.CANCELLED,
            requested_by=RequestedBy.TEACHER,
        )
    ]


@pytest.mark.parametrize(
    "shaped",
    [
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: content.replace(b",", b" ,\t "),
        lambda content: content.rstrip(b"\n"),
        lambda content: content.replace(b"\n", b"\n\n  \n"),
        lambda content: content.replace(b"i1", b'"i1"').replace(b"t1", b' "t1" '),
    ],
    ids=["byte-order mark", "CRLF", "spaces", "no last line end", "blank lines", "quotes"],
)
def test_form_that_spreadsheets_write_reads_the_same(shaped: Callable[[bytes], bytes]) -> None:
    content = write({"reported_at": "2026-11-22T14:00:00+08:00"})
    changed = read(shaped(content))
    assert changed.problems == ()
    assert [row.incident for row in changed.rows] == [row.incident for row in read(content).rows]


def test_header_alone_gives_no_rows_and_no_problems() -> None:
    history = read(write())
    assert (history.rows, history.problem_count) == ((), 0)


def test_unknown_columns_are_ignored_and_named() -> None:
    history = read(write({"note": "rang twice", "Branch": "north"}))
    assert (len(history.rows), history.problem_count, history.unknown_columns) == (1, 0, ("note", "Branch"))


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n  \n"], ids=["nothing", "mark", "blank lines"])
def test_empty_file_is_a_problem(content: bytes) -> None:
    assert problems_of(content) == [(None, None, "The file is empty.")]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("incident,teacher\n".encode("utf-16"), "This file is in UTF-16."),
        (b"PK\x03\x04rest", "This file is a spreadsheet or an archive, not CSV text."),
        (b"%PDF-1.7", "This file is a PDF, not CSV text."),
        (b"\x1f\x8b\x08", "This file is compressed."),
        (
            "incident,teacher\n".encode("utf-16-le"),
            "The first line has NUL bytes: this file is damaged, or it is in UTF-16.",
        ),
        (write({"note": "x"}).replace(b"\n", b"\r"), "The lines of this file end with a carriage return alone."),
    ],
)
def test_file_that_is_not_csv_is_one_problem(content: bytes, what: str) -> None:
    assert problems_of(content) == [(None, None, what)]


def test_missing_and_doubled_columns_are_problems_with_the_nearest_name() -> None:
    history = read(b"incident,teacher,Lesson Starts At,lesson_minutes,kind,kind\n")
    assert [(*told(problem), in_english(problem.how_to_fix)) for problem in history.problems] == [
        (1, "kind", "The column is there twice.", "Keep one of the two."),
        (
            1,
            "lesson_starts_at",
            "The required column is missing.",
            'Rename the column "Lesson Starts At" to lesson_starts_at.',
        ),
        (1, "requested_by", "The required column is missing.", "Add it, spelled exactly so in the first line."),
    ]


def test_semicolons_are_recognized() -> None:
    history = read(";".join(PLAIN).encode())
    assert {in_english(problem.how_to_fix) for problem in history.problems} == {
        "The header's names are not separated by commas; save the file comma-separated."
    }


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("incident", ""),
        ("teacher", ""),
        ("teacher", "x" * 201),
        ("teacher", "a\x1b[31m"),
        ("incident", "a\0b"),
        ("lesson_starts_at", ""),
        ("lesson_starts_at", "2026-11-22T15:30:00"),
        ("lesson_starts_at", "22/11/2026 15:30"),
        ("lesson_starts_at", "2026-02-30T15:30Z"),
        ("lesson_starts_at", "1999-12-31T15:30Z"),
        ("lesson_minutes", "0"),
        ("lesson_minutes", "1441"),
        ("lesson_minutes", "50.0"),
        ("lesson_minutes", "\N{ARABIC-INDIC DIGIT FIVE}\N{ARABIC-INDIC DIGIT ZERO}"),
        ("kind", "Cancelled"),
        ("kind", ""),
        ("requested_by", "tutor"),
        ("reported_at", "yesterday"),
        ("reported_at", "2025-11-21T07:29:59Z"),
        ("reported_at", "2027-11-24T07:30:00Z"),
        ("taught_minutes", "-1"),
        ("taught_minutes", "51"),
        ("reason", "hangover"),
        ("decision", "pardoned"),
        ("lesson_type", "Meet your teacher"),
        ("lesson_pay", "12,50 "),
        ("lesson_pay", "12.505"),
        ("lesson_pay", "-1"),
        ("lesson_pay", "1e3"),
        ("booked_at", "2026-11-22"),
        ("engagement", "full time"),
        ("country", "=PH"),
    ],
)
def test_bad_value_is_one_problem_with_its_line_and_column(column: str, value: str) -> None:
    quoted = f'"{value}"' if "," in value else value
    history = read(write({"incident": "i0", "teacher": "t0"}, {column: quoted}))
    assert [(problem.line, problem.column) for problem in history.problems] == [(3, column)]
    assert all(in_english(problem.what) and in_english(problem.how_to_fix) for problem in history.problems)


def test_report_exactly_366_days_away_is_read() -> None:
    history = read(
        write(
            {"reported_at": "2025-11-21T07:30:00Z"},
            {"incident": "i2", "teacher": "t2", "reported_at": "2027-11-23T07:30Z"},
        )
    )
    assert (len(history.rows), history.problem_count) == (2, 0)


def test_all_problems_of_one_line_are_listed() -> None:
    content = write({"lesson_starts_at": "x", "lesson_minutes": "x", "kind": "x", "requested_by": "x", "decision": "x"})
    assert [(line, column) for line, column, _what in problems_of(content)] == [
        (2, "decision"),
        (2, "kind"),
        (2, "lesson_minutes"),
        (2, "lesson_starts_at"),
        (2, "requested_by"),
    ]


def test_doubled_incident_names_the_first_line() -> None:
    content = write({}, {"teacher": "t2"}, {"kind": "x", "teacher": "t3"})
    assert problems_of(content) == [
        (3, "incident", '"i1" is already the incident of line 2.'),
        (4, "incident", '"i1" is already the incident of line 2.'),
        (4, "kind", '"x" is not a known code.'),
    ]


def test_two_live_incidents_for_one_lesson_start_are_refused_in_any_offset() -> None:
    content = write({}, {"incident": "i2", "lesson_starts_at": "2026-11-22T07:30Z"})
    assert problems_of(content) == [
        (3, "lesson_starts_at", 'Teacher "t1" already has an incident for this lesson start, in line 2.')
    ]


def test_voided_incident_leaves_room_for_the_right_one() -> None:
    assert (
        problems_of(write({"decision": "voided"}, {"incident": "i2"}, {"incident": "i3", "decision": "voided"})) == []
    )


def test_lines_are_counted_physically_across_quoted_line_breaks() -> None:
    content = write({"note": '"first\nsecond ""quoted""\nthird"'}, {"incident": "i2", "teacher": "t2", "kind": "x"})
    assert [(line, column) for line, column, _what in problems_of(content)] == [(5, "kind")]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'i2,"t1,x,y\n', "A quotation mark is opened but never closed."),
        (b'i2,"t1"x,a,b,c,d\n', "There is text after a closing quotation mark."),
        (b'i2,5" screen,a,b,c,d\n', "A cell that is not quoted has a quotation mark in it."),
        (b"i2,t1\n", "The number of cells is 2, but the header has 6."),
        (b"i2,t1,a,b,c,d,e\n", "The number of cells is 7, but the header has 6."),
        (b",,,,\n", "The number of cells is 5, but the header has 6."),
        (b"x" * (1 << 21) + b"\n", "The line is longer than 1 MiB."),
    ],
)
def test_malformed_line_is_a_problem_and_reading_goes_on(line: bytes, what: str) -> None:
    assert problems_of(write({}) + line) == [(3, None, what)]
    if b'"t1,' not in line:
        following = ",".join({**PLAIN, "incident": "i3", "teacher": "t3", "kind": "x"}.values()).encode()
        assert problems_of(write({}) + line + following)[-1][:2] == (4, "kind")


def test_bytes_that_are_not_utf8_are_named_by_column() -> None:
    content = write({"engagement": "full"}).replace(b"full", b"ma\xf1ana")
    assert problems_of(content) == [(2, "engagement", '"ma\N{REPLACEMENT CHARACTER}ana" is not valid UTF-8.')]


def test_bytes_that_are_not_utf8_are_named_in_ignored_columns_and_the_header_too() -> None:
    content = write({"note": "full"}).replace(b"full", b"ma\xf1ana")
    assert problems_of(content) == [(2, "note", '"ma\N{REPLACEMENT CHARACTER}ana" is not valid UTF-8.')]
    assert problems_of(write({"note": "x"}).replace(b"note", b"n\xf6te"))[0][:2] == (1, "n\N{REPLACEMENT CHARACTER}te")


def test_apostrophe_that_our_csv_puts_before_a_formula_sign_is_taken_off() -> None:
    content = write({"incident": "'=1+1", "teacher": "''@x"}, {"incident": "'plain", "teacher": "t2"})
    assert [(row.incident.incident, row.incident.teacher) for row in read(content).rows] == [
        ("=1+1", "'@x"),
        ("'plain", "t2"),
    ]


def test_amounts_follow_the_currency() -> None:
    assert read(write({"lesson_pay": "1200"}), currency="JPY").rows[0].incident.lesson_pay == Money(1200, "JPY")
    assert read(write({"lesson_pay": "12.50"}), currency="JPY").problem_count == 1
    assert read(write({"lesson_pay": "12.345"}), currency="KWD").rows[0].incident.lesson_pay == Money(12345, "KWD")
    assert read(write({"lesson_pay": "12.50"}), currency=None).rows[0].incident.lesson_pay is None


def test_all_problems_are_counted_and_the_earliest_listed() -> None:
    history = read(write(*[{"incident": f"i{number}", "kind": "x"} for number in range(500)]), kept_problems=10)
    assert history.problem_count == 500 + 499  # each line's kind, and every lesson start after the first
    assert [problem.line for problem in history.problems] == [2, 3, 3, 4, 4, 5, 5, 6, 6, 7]
