"""A school's history from a file: a dry run, then all or nothing, and the same file again changes nothing."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from makegood.actions.history_plan import HistoryPlan
from makegood.actions.import_history import (
    HistoryHasProblems,
    HistoryImported,
    UnknownTeachers,
    import_history,
    preview_history,
)
from makegood.domain.incidents.models import Incident, IncidentDecision
from makegood.domain.ledger.models import Transfer
from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.models import Message
from makegood.domain.penalties import operations
from makegood.domain.penalties.history import assess_history, gather_facts
from makegood.domain.penalties.models import Assessment, Consequence
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.management.commands.import_history import Command
from makegood.quantities import Money
from makegood.rules.english import in_english
from tests.cast import Cast, book, make_cast, report

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEADER = (
    "incident,teacher,lesson_starts_at,lesson_minutes,kind,requested_by,reported_at,taught_minutes,reason,decision\n"
)
FOUR = HEADER + "".join(
    f"i{day},tara,2026-10-{day:02}T12:00:00Z,50,cancelled,teacher,2026-10-{day:02}T09:00:00Z,,,\n"
    for day in (2, 8, 14, 20)
)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def unseen(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody looks at."""


def preview(cast: Cast, text: str) -> HistoryPlan:
    return preview_history(school=cast.school, stream=io.BytesIO(text.encode()), now=NOW, progress=unseen)


def bring_in(cast: Cast, text: str, *, create_teachers: bool = False) -> HistoryImported:
    return import_history(
        school=cast.school,
        stream=io.BytesIO(text.encode()),
        create_teachers=create_teachers,
        imported_by_id=None,
        door=Door.COMMAND,
        now=NOW,
        show=lambda _plan: None,
        progress=unseen,
    )


def count_all(cast: Cast) -> list[int]:
    with in_school(cast.school.pk):
        rows = (Lesson, Incident, IncidentDecision, Assessment, Consequence, Transfer, Message, Membership)
        return [row.objects.count() for row in rows]


def places(plan: HistoryPlan) -> list[tuple[int | None, str | None]]:
    return [(problem.line, problem.column) for problem in plan.problems]


def test_a_dry_run_counts_and_writes_nothing(cast: Cast) -> None:
    before = count_all(cast)

    plan = preview(cast, FOUR)

    assert (plan.row_count, len(plan.new), plan.known_count, plan.problem_count) == (4, 4, 0, 0)
    assert [(total.code, total.incident_count, total.change) for total in plan.teachers] == [
        ("tara", 4, Money(400, "USD"))
    ]
    assert count_all(cast) == before


def test_an_import_assesses_posts_and_follows_and_tells_nobody(cast: Cast) -> None:
    bring_in(cast, FOUR)

    with in_school(cast.school.pk):
        assert [row.penalty_minor for row in Assessment.objects.order_by("incident__lesson_starts_at")] == [100] * 4
        assert [row.amount_minor for row in Transfer.objects.order_by("pk")] == [100] * 4
        assert list(Consequence.objects.values_list("kind", flat=True)) == ["pause_account"]
        assert set(Lesson.objects.values_list("status", "student")) == {("cancelled", None)}
        assert Message.objects.count() == 0


def test_the_same_file_twice_changes_nothing(cast: Cast) -> None:
    bring_in(cast, FOUR)
    after_first = count_all(cast)

    again = bring_in(cast, FOUR)

    assert (again.incident_count, again.decision_count, again.plan.known_count) == (0, 0, 4)
    assert count_all(cast) == after_first


def test_the_dry_run_counts_the_decisions_that_the_import_records(cast: Cast) -> None:
    text = FOUR.replace("2026-10-20T09:00:00Z,,,\n", "2026-10-20T09:00:00Z,,,waived\n")

    promised = preview(cast, text).decision_count
    recorded = bring_in(cast, text).decision_count

    assert (promised, recorded) == (1, 1)
    assert preview(cast, text).decision_count == 0


def test_progress_counts_lines_then_incidents_then_penalties(cast: Cast) -> None:
    seen: list[tuple[str, int, int]] = []

    import_history(
        school=cast.school, stream=io.BytesIO(FOUR.encode()), create_teachers=False, imported_by_id=None,
        door=Door.COMMAND, now=NOW, show=lambda _plan: None, progress=lambda *told: seen.append(told),
    )  # fmt: skip

    wholes = [(stage, of) for stage, done, of in seen if done == of]
    assert wholes == [("reading", 4), ("checking", 4), ("recording", 4), ("assessing", 4), ("posting", 4)]


def test_what_a_file_says_came_by_import_whoever_brought_the_file(cast: Cast) -> None:
    bring_in(cast, FOUR.replace(",,,\n", ",,,waived\n"))

    with in_school(cast.school.pk):
        assert set(Incident.objects.values_list("door", flat=True)) == {Door.IMPORT}
        assert set(IncidentDecision.objects.values_list("door", flat=True)) == {Door.IMPORT}


def test_a_known_incident_with_a_new_decision_is_decided(cast: Cast) -> None:
    bring_in(cast, FOUR)

    done = bring_in(cast, FOUR.replace("2026-10-20T09:00:00Z,,,\n", "2026-10-20T09:00:00Z,,,waived\n"))

    assert (done.incident_count, done.decision_count) == (0, 1)
    with in_school(cast.school.pk):
        live = Assessment.objects.order_by("incident_id", "-number").distinct("incident_id")
        assert sorted(row.penalty_minor for row in live) == [0, 30, 30, 30]
    assert preview(cast, FOUR).known_count == 4


def test_a_known_incident_with_other_facts_is_a_problem_with_line_and_column(cast: Cast) -> None:
    bring_in(cast, FOUR)
    changed = FOUR.replace("2026-10-08T09:00:00Z,,", "2026-10-08T11:30:00Z,,power_outage")
    before = count_all(cast)

    assert places(preview(cast, changed)) == [(3, "reason"), (3, "reported_at")]
    with pytest.raises(HistoryHasProblems):
        bring_in(cast, changed)
    assert count_all(cast) == before


def test_unknown_teachers_are_listed_and_created_only_on_request(cast: Cast) -> None:
    text = FOUR.replace("tara", "nora")

    assert preview(cast, text).unknown_teachers == ("nora",)
    with pytest.raises(UnknownTeachers):
        bring_in(cast, text)
    done = bring_in(cast, text, create_teachers=True)

    assert (done.incident_count, done.teacher_count) == (4, 1)
    with in_school(cast.school.pk):
        assert Membership.objects.filter(code="nora").count() == 1


def test_a_month_without_a_policy_and_a_report_from_the_future_are_problems(cast: Cast) -> None:
    text = HEADER + (
        "a,tara,2025-12-30T12:00:00Z,50,cancelled,teacher,2025-12-30T09:00:00Z,,,\n"
        "b,tara,2026-11-20T12:00:00Z,50,cancelled,teacher,2026-11-19T09:00:00Z,,,\n"
    )

    assert places(preview(cast, text)) == [(2, "lesson_starts_at"), (3, "reported_at")]


def test_a_lesson_that_has_an_incident_already_is_a_problem_naming_the_case(cast: Cast) -> None:
    starts_at = datetime(2026, 10, 2, 12, tzinfo=UTC)
    reported = report(cast, book(cast, starts_at=starts_at), now=starts_at - timedelta(hours=2))

    plan = preview(cast, FOUR)

    assert places(plan) == [(2, "lesson_starts_at")]
    assert reported.reference in in_english(plan.problems[0].what)


def test_a_booked_lesson_of_the_school_takes_its_incident(cast: Cast) -> None:
    lesson = book(cast, starts_at=datetime(2026, 10, 2, 12, tzinfo=UTC))

    bring_in(cast, FOUR)

    with in_school(cast.school.pk):
        assert Lesson.objects.get(pk=lesson.pk).status == "cancelled"
        assert Lesson.objects.count() == 4


def test_a_voided_incident_leaves_the_schools_lesson_as_it_is(cast: Cast) -> None:
    lesson = book(cast, starts_at=datetime(2026, 10, 2, 12, tzinfo=UTC))

    bring_in(cast, FOUR.replace("2026-10-02T09:00:00Z,,,\n", "2026-10-02T09:00:00Z,,,voided\n"))

    with in_school(cast.school.pk):
        assert Lesson.objects.get(pk=lesson.pk).status == "booked"


def test_a_voided_incident_that_is_upheld_after_all_takes_its_lesson_again(cast: Cast) -> None:
    lesson = book(cast, starts_at=datetime(2026, 10, 2, 12, tzinfo=UTC))
    bring_in(cast, FOUR.replace("2026-10-02T09:00:00Z,,,\n", "2026-10-02T09:00:00Z,,,voided\n"))

    done = bring_in(cast, FOUR.replace("2026-10-02T09:00:00Z,,,\n", "2026-10-02T09:00:00Z,,,upheld\n"))

    assert (done.incident_count, done.decision_count) == (0, 1)
    with in_school(cast.school.pk):
        assert Lesson.objects.get(pk=lesson.pk).status == "cancelled"


def test_a_lesson_that_is_recorded_otherwise_is_a_problem(cast: Cast) -> None:
    starts_at = datetime(2026, 10, 2, 12, tzinfo=UTC)
    book(cast, starts_at=starts_at)
    bring_in(cast, FOUR.replace("2026-10-02T09:00:00Z,,,\n", "2026-10-02T09:00:00Z,,,upheld\n"))
    bring_in(cast, FOUR.replace("2026-10-02T09:00:00Z,,,\n", "2026-10-02T09:00:00Z,,,voided\n"))
    before = count_all(cast)

    other = HEADER + "missed,tara,2026-10-02T12:00:00Z,50,no_show,teacher,,,,\n"

    assert places(preview(cast, other)) == [(2, "kind")]
    assert count_all(cast) == before


def test_every_imported_case_tells_where_it_comes_from(cast: Cast) -> None:
    bring_in(cast, FOUR)

    with in_school(cast.school.pk):
        kinds = Event.objects.exclude(incident_id=None).values_list("kind", flat=True)
        assert list(kinds) == ["incident_imported"] * 4


@pytest.mark.parametrize("preset", ["25hoon", "talaera"])
def test_what_an_import_stores_is_what_the_rules_say_of_the_stored_facts(preset: str) -> None:
    # Incidents of one instant, some known before, with ids of different length: names must not change what follows.
    cast = make_cast(preset=preset)
    lines = [
        f"n{number},tara,2026-{4 + number % 6:02}-{1 + number % 28:02}T{number % 24:02}:00:00Z,50,{kind},teacher,"
        f"{'' if kind == 'no_show' else '2026-06-15T09:00:00Z'},,,{decision}\n"
        for number, (kind, decision) in enumerate(
            [("cancelled", ""), ("no_show", ""), ("late", ""), ("cancelled", "voided"), ("rescheduled", "waived")] * 24
        )
    ]
    bring_in(cast, HEADER + "".join(lines[:7]))
    bring_in(cast, HEADER + "".join(lines))

    with in_school(cast.school.pk):
        history = gather_facts(school_id=cast.school.pk, teacher_id=cast.tara.pk)
        outcome = assess_history(history=history, timetable=get_timetable(school_id=cast.school.pk))
        recorded = operations.record(history=history, outcome=outcome, quote_id=None, quoted_incident_id=None, now=NOW)
        standing = operations.list_standing(history=history)
        changes = operations.compare_consequences(history=history, outcome=outcome, standing=standing)
    assert len(recorded.live) == 120
    assert recorded.changes == ()
    assert (changes.started, changes.ended) == ((), ())


def test_the_facts_kept_with_an_assessment_name_the_rows_it_saw(cast: Cast) -> None:
    bring_in(cast, FOUR.replace("2026-10-20T09:00:00Z,,,\n", "2026-10-20T09:00:00Z,,,waived\n"))

    with in_school(cast.school.pk):
        history = gather_facts(school_id=cast.school.pk, teacher_id=cast.tara.pk)
        assert [row.facts["seen"] for row in Assessment.objects.all()] == [dict(history.seen)] * 4
        assert {row.facts["incident"]["incident"] for row in Assessment.objects.all()} == {
            incident.incident for incident in history.incidents
        }


def test_the_command_shows_a_dry_run_and_imports_with_yes(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "history.csv"
    path.write_text(FOUR)

    call_command("import_history", str(path), "--school", "marigold")
    assert "This was a dry run: nothing was written." in capsys.readouterr().out
    call_command("import_history", str(path), "--school", "marigold", "--yes")

    assert "Imported: 4 incidents, 0 decisions, 0 new teachers." in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("import_history", str(path), "--school", "nowhere")


def test_the_command_says_when_nothing_is_new(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bring_in(cast, FOUR)
    path = tmp_path / "history.csv"
    path.write_text(FOUR)

    call_command("import_history", str(path), "--school", "marigold", "--yes")

    captured = capsys.readouterr()
    assert captured.out.endswith("Nothing is new, so nothing was changed.\n")
    assert captured.err == "reading: 4 lines\n"


def test_the_command_tells_in_a_sentence_what_stopped_it(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text(FOUR.replace("tara", "nora"))
    before = count_all(cast)

    with pytest.raises(CommandError, match="Is a directory"):
        call_command("import_history", str(tmp_path), "--school", "marigold", "--yes")
    with pytest.raises(CommandError, match="With --create-teachers they are created"):
        call_command("import_history", str(path), "--school", "marigold", "--yes")
    assert count_all(cast) == before


@pytest.mark.parametrize(
    ("stop", "sentence"),
    [
        (KeyboardInterrupt, "Stopped"),
        (BrokenPipeError, "Nobody reads the output"),
        (OperationalError("the connection is lost\nin detail"), "The database stopped it: the connection is lost\\."),
    ],
)
def test_an_import_stopped_halfway_leaves_nothing(
    cast: Cast, tmp_path: Path, stop: BaseException, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "history.csv"
    path.write_text(FOUR)
    before = count_all(cast)

    def interrupt(_self: Command, stage: str, _done: int, _total: int) -> None:
        if stage == "posting":
            raise stop

    monkeypatch.setattr(Command, "_show_progress", interrupt)
    with pytest.raises(CommandError, match=sentence):
        call_command("import_history", str(path), "--school", "marigold", "--yes")

    assert count_all(cast) == before


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_bring_it_in_once() -> None:
    cast = make_cast()
    text = FOUR.replace("tara", "nobody_yet")
    together = Barrier(2)

    def import_it(_turn: int) -> int:
        together.wait()
        try:
            return bring_in(cast, text, create_teachers=True).incident_count
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        counts = sorted(threads.map(import_it, range(2)))

    assert counts == [0, 4]
