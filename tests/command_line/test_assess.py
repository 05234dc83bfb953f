"""`makegood assess`: formats to the letter, problems, statuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from makegood.command_line import assessing
from tests.command_line.commanding import Command, run_process

HEADER = "incident,teacher,lesson_starts_at,lesson_minutes,kind,requested_by,reported_at,taught_minutes,reason,decision"
FOUR = f"""{HEADER}
i1,t1,2026-11-02T10:00:00+08:00,50,cancelled,teacher,2026-11-02T08:00:00+08:00,,,
i2,t1,2026-11-10T10:00:00+08:00,50,cancelled,teacher,2026-11-10T09:30:00+08:00,,,
i3,t1,2026-11-17T10:00:00+08:00,50,cancelled,teacher,2026-11-17T11:00:00+08:00,,,reduced
i4,t2,2026-11-17T10:00:00+08:00,50,no_show,student,,,,
"""
RATED = ("--policy", "25hoon", "--zone", "Asia/Manila")


def test_json_has_the_shape_of_the_contract(command: Command) -> None:
    ran = command("assess", "-", *RATED, "--format", "json", stdin=FOUR.encode())
    found = json.loads(ran.out)
    assert (ran.status, ran.err) == (0, "")
    assert list(found) == ["policy", "assessments", "consequences", "totals"]
    assert found["policy"] == {"name": "25hoon", "version": 1, "zone": "Asia/Manila", "currency": "USD"}
    assert [list(one) for one in found["assessments"]] == [
        ["incident", "teacher", "band", "charged_band", "counts", "penalty_minor", "paid", "counted_for", "steps"]
    ] * 4
    third = found["assessments"][2]
    assert {name: third[name] for name in ("incident", "band", "charged_band", "counts", "penalty_minor", "paid")} == {
        "incident": "i3",
        "band": "without_notice",
        "charged_band": "with_notice",
        "counts": {"month": 3, "week": 1},
        "penalty_minor": 100,
        "paid": False,
    }
    assert third["counted_for"] == ["month", "week", "pause"]
    assert [list(step) for step in third["steps"]] == [
        ["rule", "clause", "because", "before_minor", "after_minor"] for _step in third["steps"]
    ]
    assert third["steps"][-1]["after_minor"] == 100
    assert found["totals"] == [
        {"teacher": "t1", "month": "2026-11", "penalty_minor": 230},
        {"teacher": "t2", "month": "2026-11", "penalty_minor": 0},
    ]


def test_csv_has_the_columns_of_the_contract(command: Command) -> None:
    ran = command("assess", "-", *RATED, "--format", "csv", stdin=FOUR.encode())
    rows = list(csv.reader(io.StringIO(ran.out)))
    assert ran.out.split("\n")[0] == (
        "incident,teacher,band,charged_band,month_count,week_count,penalty,currency,paid,counted_for,because"
    )
    assert [row[:10] for row in rows[1:]] == [
        ["i1", "t1", "advance_notice", "advance_notice", "3", "1", "0.30", "USD", "false", "month week pause"],
        ["i2", "t1", "with_notice", "with_notice", "3", "1", "1.00", "USD", "false", "month week pause"],
        ["i3", "t1", "without_notice", "with_notice", "3", "1", "1.00", "USD", "false", "month week pause"],
        ["i4", "t2", "", "", "0", "0", "0.00", "USD", "true", ""],
    ]
    assert all(row[10] for row in rows[1:])


def test_explained_csv_says_every_step(command: Command) -> None:
    plain = command("assess", "-", *RATED, "--format", "csv", stdin=FOUR.encode()).out
    explained = command("assess", "-", *RATED, "--format", "csv", "--explain", stdin=FOUR.encode()).out
    steps = json.loads(command("assess", "-", *RATED, "--format", "json", stdin=FOUR.encode()).out)["assessments"][2][
        "steps"
    ]
    assert list(csv.reader(io.StringIO(explained)))[3][10] == " ".join(step["because"] for step in steps)
    assert list(csv.reader(io.StringIO(plain)))[3][10] in [step["because"] for step in steps]


def test_table_shows_the_same_and_what_follows(command: Command) -> None:
    lines = FOUR.splitlines()
    fourth = lines[1].replace("i1", "i9").replace("11-02", "11-27")
    ran = command("assess", "-", *RATED, stdin="\n".join([*lines, fourth]).encode())
    assert ran.status == 0
    assert ran.out.splitlines()[0].split() == [
        *("incident", "teacher", "band", "charged_band", "month", "week"),
        *("penalty", "currency", "paid", "counted_for", "because"),
    ]
    assert ran.out.splitlines()[2].split()[:8] == [
        "i1", "t1", "advance_notice", "advance_notice", "4", "1", "1.00", "USD",
    ]  # fmt: skip
    assert "t1       pause_account  2026-11-27 08:00  2026-12-04 08:00  i9        4 incidents" in ran.out
    assert ran.out.splitlines()[-3:] == [
        "-------  -------  -----  --------",
        "t1       2026-11  6.00   USD",
        "t2       2026-11  0.00   USD",
    ]


def test_policy_without_money_has_no_currency_and_no_band(command: Command) -> None:
    ran = command(
        "assess", "-", "--policy", "talaera", "--zone", "Europe/Berlin", "--format", "json", stdin=FOUR.encode()
    )
    found = json.loads(ran.out)
    assert found["policy"]["currency"] is None
    assert {(one["band"], one["charged_band"], one["penalty_minor"]) for one in found["assessments"]} == {
        (None, None, 0)
    }


def test_output_follows_the_order_of_the_input_across_teachers(command: Command) -> None:
    rows = [
        f"i{number},t{number % 7},2026-{number % 12 + 1:02}-10T{number % 24:02}:00Z,50,cancelled,teacher,,,,"
        for number in range(84)
    ]
    ran = command("assess", "-", *RATED, "--format", "csv", stdin="\n".join([HEADER, *rows]).encode())
    assert [row[0] for row in csv.reader(io.StringIO(ran.out))][1:] == [f"i{number}" for number in range(84)]


@pytest.mark.parametrize(("shaped", "lines"), [("csv", 1), ("table", 2), ("json", 7)])
def test_header_alone_gives_an_empty_result(command: Command, shaped: str, lines: int) -> None:
    ran = command("assess", "-", *RATED, "--format", shaped, stdin=HEADER.encode())
    assert (ran.status, ran.err) == (0, "")
    if shaped == "json":
        assert [json.loads(ran.out)[part] for part in ("assessments", "consequences", "totals")] == [[], [], []]
    else:
        assert len(ran.out.splitlines()) == lines


def test_unknown_columns_get_one_line_on_standard_error(command: Command) -> None:
    ran = command(
        "assess",
        "-",
        *RATED,
        "--format",
        "csv",
        stdin=FOUR.replace("decision\n", "decision,note\n")
        .replace(",,,\n", ",,,,x\n")
        .replace("reduced\n", "reduced,\n")
        .encode(),
    )
    assert (ran.status, ran.err) == (0, "Ignored columns: note.\n")


def test_every_problem_is_listed_and_nothing_is_assessed(command: Command) -> None:
    bad = FOUR.replace("i2,t1,2026", "i1,t1,1926").replace("no_show", "noshow")
    ran = command("assess", "-", *RATED, stdin=bad.encode())
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        '"-" has 3 problems; nothing was assessed.\n'
        'line 3, incident: "i1" is already the incident of line 2. '
        "Give every incident an id of its own, or remove the copy.\n"
        'line 3, lesson_starts_at: "1926-11-10T10:00:00+08:00" is not a time this file may carry. Write for example '
        "2026-11-22T15:30:00+08:00: a date from 2000 to 2100, a time, and Z or the offset.\n"
        'line 5, kind: "noshow" is not a known code. '
        "Did you mean no_show? Codes are written in small letters exactly so.\n"
    )


@pytest.mark.parametrize("start", ["2026-11-02T10:00:00+08:00", "2026-11-03T10:00:00+08:00"])
def test_id_used_twice_is_one_problem_with_its_line_and_column(command: Command, start: str) -> None:
    history = f"{FOUR}i1,t1,{start},50,cancelled,teacher,,,,\n"
    ran = command("assess", "-", *RATED, stdin=history.encode())
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        '"-" has 1 problem; nothing was assessed.',
        (
            'line 6, incident: "i1" is already the incident of line 2. '
            "Give every incident an id of its own, or remove the copy."
        ),
    ]


def test_very_many_problems_are_counted_and_the_first_listed(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"i{number},t{number},x,50,cancelled,teacher,,,,\n" for number in range(3000))
    ran = command("assess", "-", *RATED, stdin=f"{HEADER}\n{rows}".encode())
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 3001)
    monkeypatch.setattr(assessing, "_LISTED_PROBLEMS", 1000)
    ran = command("assess", "-", *RATED, stdin=f"{HEADER}\n{rows}".encode())
    lines = ran.err.splitlines()
    assert (ran.status, ran.out, len(lines)) == (2, "", 1002)
    assert (lines[0], lines[-1]) == ('"-" has 3,000 problems; nothing was assessed.', "... and 2,000 more problems.")
    assert [int(line.split(",")[0].split()[1]) for line in lines[1:-1]] == list(range(2, 1002))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.csv", *RATED), 'The history "missing.csv" cannot be read: No such file or directory.'),
        ((".", *RATED), '"." is a directory, not a history file.'),
        (
            ("-", "--policy", "nobody", "--zone", "UTC"),
            'There is no preset and no file "nobody". The presets are: 25hoon, talaera.',
        ),
        (
            ("-", "--policy", "25hoon"),
            (
                'The policy "25hoon" has no time zone, and months, weeks and days depend on it. '
                "Give one with --zone, for example --zone Asia/Manila."
            ),
        ),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = command("assess", *arguments)
    assert (ran.status, ran.out, ran.err) == (2, "", f"{said}\n")


def test_unknown_zone_is_one_line(command: Command) -> None:
    ran = command("assess", "-", "--policy", "25hoon", "--zone", "Mars/Base", stdin=FOUR.encode())
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "Mars/Base" in ran.err


def test_empty_input_is_refused(command: Command) -> None:
    ran = command("assess", "-", *RATED)
    assert (ran.status, ran.out, ran.err) == (
        2,
        "",
        '"-": The file is empty. It needs a header line with the columns\' names, even when there are no incidents.\n',
    )


def test_ids_that_a_spreadsheet_would_run_are_neutralized_and_come_back(command: Command) -> None:
    rows = [
        "=1+1,@sum,2026-11-02T10:00Z,50,cancelled,teacher,,,,",
        "-17,+639170000,2026-11-03T10:00Z,50,cancelled,teacher,,,,",
        '\'=x,"a,b",2026-11-03T10:00Z,50,cancelled,teacher,,,,',
    ]
    first = command("assess", "-", *RATED, "--format", "csv", stdin="\n".join([HEADER, *rows]).encode())
    found = [row[:2] for row in csv.reader(io.StringIO(first.out))][1:]
    assert found == [["'=1+1", "'@sum"], ["-17", "+639170000"], ["'=x", "a,b"]]
    fed = [HEADER] + [",".join([f'"{one}"' for one in ids] + rows[0].split(",")[2:]) for ids in found[:2]]
    again = command("assess", "-", *RATED, "--format", "json", stdin="\n".join(fed).encode())
    assert [(one["incident"], one["teacher"]) for one in json.loads(again.out)["assessments"]] == [
        ("=1+1", "@sum"),
        ("-17", "+639170000"),
    ]


def test_real_process_writes_utf8_and_ends_with_the_status(tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    history.write_bytes(b"\xef\xbb\xbf" + FOUR.replace("t1", "Zoë 日").replace("\n", "\r\n").encode())
    good = run_process("assess", str(history), *RATED, "--format", "csv")
    assert (good.status, good.err) == (0, "")
    assert good.out.splitlines()[1].startswith("i1,Zoë 日,advance_notice,")
    assert "\r" not in good.out
    history.write_text("nothing of use\n")
    bad = run_process("assess", str(history), *RATED)
    assert (bad.status, bad.out, "Traceback" in bad.err) == (2, "", False)
    usage = run_process("assess")
    assert (usage.status, usage.out, "Traceback" in usage.err) == (2, "", False)
