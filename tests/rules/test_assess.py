"""The rows of the decision table, one by one, as `assess` sees them."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from makegood.rules.assess import assess
from makegood.rules.english import in_english
from makegood.rules.facts import Band, ConsequenceKind, Decision, Incident, Kind, RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.problems import InvalidFacts
from makegood.rules.results import Assessment
from makegood.wording import Reader, sentence_text
from tests.rules.cast import FINES, HOUR, MINUTE, SECOND, TRUST, assess_one, at, incident, total_minor


@pytest.mark.parametrize(
    ("early", "band", "penalty_minor"),
    [
        (60 * MINUTE + SECOND, Band.ADVANCE_NOTICE, 30),
        (60 * MINUTE, Band.ADVANCE_NOTICE, 30),
        (60 * MINUTE - timedelta(microseconds=1), Band.WITH_NOTICE, 100),
        (60 * MINUTE - SECOND, Band.WITH_NOTICE, 100),
        (SECOND, Band.WITH_NOTICE, 100),
        (0 * MINUTE, Band.WITHOUT_NOTICE, 300),
        (-SECOND, Band.WITHOUT_NOTICE, 300),
        (None, Band.WITHOUT_NOTICE, 300),
    ],
)
@pytest.mark.parametrize("kind", [Kind.CANCELLED, Kind.RESCHEDULED, Kind.NO_SHOW])
def test_notice_decides_the_band_to_the_second(
    early: timedelta | None, band: Band, penalty_minor: int, kind: Kind
) -> None:
    assessment = assess_one(incident(early=early, kind=kind))
    assert (assessment.band, assessment.penalty_minor, assessment.paid) == (band, penalty_minor, False)
    assert assessment.counted_for == ("month", "week", "pause")


@pytest.mark.parametrize(
    ("early", "taught", "minutes", "band", "penalty_minor", "counted"),
    [
        (-25 * MINUTE + SECOND, 5, 25, Band.IN_TIME_TROUBLE, 0, False),
        (-25 * MINUTE, 5, 25, Band.WITHOUT_NOTICE, 300, True),
        (-25 * MINUTE - SECOND, 5, 25, Band.WITHOUT_NOTICE, 300, True),
        (-5 * MINUTE, 0, 25, Band.IN_TIME_TROUBLE, 0, False),
        (None, 19, 25, Band.WITHOUT_NOTICE, 300, True),
        (None, 20, 25, None, 0, False),
        (None, 21, 25, None, 0, False),
        (None, 14, 15, Band.WITHOUT_NOTICE, 300, True),
        (None, 15, 15, None, 0, False),
        (None, 0, 25, Band.WITHOUT_NOTICE, 300, True),
    ],
)
def test_lesson_cut_short_is_priced_by_report_and_minutes_taught(
    early: timedelta | None, taught: int, minutes: int, band: Band | None, penalty_minor: int, counted: bool
) -> None:
    one = incident(early=early, kind=Kind.CUT_SHORT, taught_minutes=taught, lesson_minutes=minutes)
    assessment = assess_one(one)
    assert (assessment.band, assessment.penalty_minor, assessment.paid) == (band, penalty_minor, False)
    assert assessment.counted_for == (("month", "week", "pause") if counted else ())


def test_lesson_cut_short_with_nothing_taught_and_never_reported_holds_the_schedule_like_a_no_show() -> None:
    one = incident(early=None, kind=Kind.CUT_SHORT)
    kinds = [consequence.kind for consequence in assess([one], FINES).consequences]
    assert kinds == [ConsequenceKind.HOLD_SCHEDULE]


@pytest.mark.parametrize("decision", [None, Decision.UPHELD, Decision.REDUCED, Decision.WAIVED, Decision.VOIDED])
def test_late_is_flat_uncounted_and_paid(decision: Decision | None) -> None:
    assessment = assess_one(incident(early=-MINUTE, kind=Kind.LATE, decision=decision))
    penalty_minor = 0 if decision in (Decision.WAIVED, Decision.VOIDED) else 100
    assert (assessment.band, assessment.penalty_minor, assessment.paid) == (None, penalty_minor, True)
    assert assessment.counted_for == ()


def test_late_is_neither_tiered_nor_multiplied() -> None:
    week = [incident(f"2026-11-{day:02} 15:00") for day in (9, 10, 11, 12)]
    late = incident("2026-11-13 15:00", kind=Kind.LATE)
    assert assess([*week, late], FINES).assessments[-1].penalty_minor == 100


def outcome(assessment: Assessment) -> tuple[Band | None, Band | None, int, tuple[str, ...]]:
    return (assessment.band, assessment.charged_band, assessment.penalty_minor, assessment.counted_for)


def test_undecided_and_upheld_are_the_same() -> None:
    assert assess_one(incident()) == assess_one(incident(decision=Decision.UPHELD))


@pytest.mark.parametrize(
    ("early", "band", "charged_band", "penalty_minor"),
    [
        (-MINUTE, Band.WITHOUT_NOTICE, Band.WITH_NOTICE, 100),
        (MINUTE, Band.WITH_NOTICE, Band.ADVANCE_NOTICE, 30),
        (90 * MINUTE, Band.ADVANCE_NOTICE, Band.ADVANCE_NOTICE, 30),
    ],
)
def test_reduced_is_one_band_milder_and_counted_for_everything(
    early: timedelta, band: Band, charged_band: Band, penalty_minor: int
) -> None:
    assessment = assess_one(incident(early=early, decision=Decision.REDUCED))
    assert outcome(assessment) == (band, charged_band, penalty_minor, ("month", "week", "pause"))
    assert [step.rule for step in assessment.steps] == ["notice_bands", "decision_effects", "tier"]


def test_waived_costs_nothing_and_counts_for_the_pause_only() -> None:
    assert outcome(assess_one(incident(decision=Decision.WAIVED))) == (Band.ADVANCE_NOTICE, None, 0, ("pause",))


def test_voided_counts_for_nothing() -> None:
    assert outcome(assess_one(incident(decision=Decision.VOIDED))) == (Band.ADVANCE_NOTICE, None, 0, ())


@pytest.mark.parametrize(
    ("kind", "is_withdrawn", "said"),
    [
        (Kind.RESCHEDULED, True, "The move was undone. It is treated as if it had never happened."),
        (Kind.CANCELLED, True, "This was taken back. It is treated as if it had never happened."),
        (Kind.CANCELLED, False, "This was recorded wrongly. It is treated as if it had never happened."),
    ],
)
def test_what_was_taken_back_is_not_called_recorded_wrongly(kind: Kind, *, is_withdrawn: bool, said: str) -> None:
    voided = incident(kind=kind, decision=Decision.VOIDED, is_withdrawn=is_withdrawn)

    assessment = assess_one(voided)

    assert [in_english(step.because) for step in assessment.steps] == [said]
    assert outcome(assessment) == outcome(assess_one(dataclasses.replace(voided, is_withdrawn=not is_withdrawn)))


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("requested_by", [RequestedBy.STUDENT, RequestedBy.COMPANY, RequestedBy.PLATFORM])
@pytest.mark.parametrize("policy", [FINES, TRUST])
def test_what_others_caused_never_costs_or_counts(kind: Kind, requested_by: RequestedBy, policy: Policy) -> None:
    one = incident(early=None, kind=kind, requested_by=requested_by, lesson_type="meet_your_teacher")
    assessed = assess([one], policy)
    assert outcome(assessed.assessments[0]) == (None, None, 0, ())
    assert assessed.consequences == ()
    is_paid = requested_by is RequestedBy.STUDENT and kind in (Kind.CANCELLED, Kind.NO_SHOW)
    assert assessed.assessments[0].paid is is_paid


@pytest.mark.parametrize(
    ("early", "paid"), [(24 * HOUR + SECOND, False), (24 * HOUR, False), (24 * HOUR - SECOND, True)]
)
def test_students_cancelling_uses_the_lesson_only_inside_the_mark(early: timedelta, paid: bool) -> None:
    assert assess_one(incident(early=early, requested_by=RequestedBy.STUDENT)).paid is paid


@pytest.mark.parametrize(("voided", "is_refused"), [(None, True), (Decision.VOIDED, False)])
def test_two_incidents_of_one_lesson_start_are_refused_unless_one_is_voided(
    voided: Decision | None, is_refused: bool
) -> None:
    history = [incident(incident="first"), incident(incident="second", decision=voided)]
    if not is_refused:
        assert total_minor(assess(history, FINES)) == 30
        return
    with pytest.raises(InvalidFacts) as caught:
        assess(history, FINES)
    assert [problem.where for problem in caught.value.problems] == ["incident second, lesson_starts_at"]


def test_one_lesson_start_written_in_two_offsets_is_the_same_start() -> None:
    starts_at = datetime(2026, 11, 24, 7, tzinfo=UTC)
    history = [incident(starts_at, incident="a"), incident(starts_at.astimezone(ZoneInfo("Asia/Tokyo")), incident="b")]
    with pytest.raises(InvalidFacts):
        assess(history, FINES)


def test_naive_times_are_refused_each_by_name() -> None:
    naive = at("2026-11-24 15:00").replace(tzinfo=None)
    with pytest.raises(InvalidFacts) as caught:
        assess([dataclasses.replace(incident(incident="x"), lesson_starts_at=naive, reported_at=naive)], FINES)
    assert [problem.where for problem in caught.value.problems] == [
        "incident x, lesson_starts_at",
        "incident x, reported_at",
    ]


def test_id_used_twice_and_several_teachers_are_refused() -> None:
    history = [incident("2026-11-24 15:00", incident="x"), incident("2026-11-25 15:00", incident="x", teacher="uma")]
    with pytest.raises(InvalidFacts) as caught:
        assess(history, FINES)
    assert [problem.where for problem in caught.value.problems] == ["history", "incident x"]


def test_empty_history_gives_an_empty_result() -> None:
    assessed = assess([], FINES)
    assert (assessed.assessments, assessed.consequences) == ((), ())


@pytest.mark.parametrize(
    ("zone", "night"), [("Europe/Berlin", "2026-03-29 03:30"), ("America/New_York", "2026-03-08 03:30")]
)
def test_notice_and_scheduled_end_are_elapsed_time_on_nights_when_clocks_change(zone: str, night: str) -> None:
    local = datetime.fromisoformat(night).replace(tzinfo=ZoneInfo(zone))
    wall_clock_earlier = local - 2 * HOUR  # reads two hours, is one
    one = incident(local, early=None, reported_at=wall_clock_earlier)
    assert assess_one(one).band is Band.ADVANCE_NOTICE
    late_by_a_second = dataclasses.replace(
        one, reported_at=(wall_clock_earlier.astimezone(UTC) + SECOND).astimezone(local.tzinfo)
    )
    assert assess_one(late_by_a_second).band is Band.WITH_NOTICE
    assert one.lesson_ends_at == one.lesson_starts_at.astimezone(UTC) + 25 * MINUTE


def pause_starts(history: list[Incident]) -> list[datetime]:
    consequences = assess(history, FINES).consequences
    return [one.starts_at for one in consequences if one.kind is ConsequenceKind.PAUSE_ACCOUNT]


def test_pause_starts_with_the_fourth_report_and_lasts_seven_days_once_a_month() -> None:
    history = [incident(f"2026-11-{day:02} 15:00", early=(30 - day) * HOUR) for day in (3, 10, 17, 24, 26)]
    (pause,) = assess(history, FINES).consequences
    assert (pause.kind, pause.starts_at) == (ConsequenceKind.PAUSE_ACCOUNT, history[3].reported_at)
    assert pause.ends_at == pause.starts_at + 7 * 24 * HOUR
    assert pause.incident == history[3].incident


def test_pause_counts_waived_but_not_voided_late_or_in_time_trouble() -> None:
    three = [incident(f"2026-11-{day:02} 15:00") for day in (3, 10, 17)]
    fourth = "2026-11-24 15:00"
    assert pause_starts([*three, incident(fourth, decision=Decision.WAIVED)]) != []
    for uncounted in (
        incident(fourth, decision=Decision.VOIDED),
        incident(fourth, kind=Kind.LATE),
        incident(fourth, kind=Kind.CUT_SHORT, early=-MINUTE, taught_minutes=1),
        incident("2026-12-01 00:00"),
    ):
        assert pause_starts([*three, uncounted]) == []


def test_pauses_of_two_months_stay_two() -> None:
    days = [
        "2026-11-27",
        "2026-11-28",
        "2026-11-29",
        "2026-11-30",
        "2026-12-01",
        "2026-12-02",
        "2026-12-03",
        "2026-12-04",
    ]
    assert len(pause_starts([incident(f"{day} 15:00") for day in days])) == 2


def test_no_show_holds_the_schedule_from_the_scheduled_end_until_the_answer() -> None:
    silent = incident(early=None, kind=Kind.NO_SHOW)
    (hold,) = assess([silent], FINES).consequences
    assert (hold.kind, hold.starts_at, hold.ends_at) == (ConsequenceKind.HOLD_SCHEDULE, silent.lesson_ends_at, None)
    answered = incident(early=-3 * HOUR, kind=Kind.NO_SHOW)
    assert [one.ends_at for one in assess([answered], FINES).consequences] == [answered.reported_at]
    assert assess([incident(early=-20 * MINUTE, kind=Kind.NO_SHOW)], FINES).consequences == ()


def test_talaera_deprioritizes_from_the_second_in_six_months_for_sixty_days() -> None:
    history = [
        incident("2026-02-10 10:00", kind=Kind.RESCHEDULED),
        incident("2026-08-09 10:00", kind=Kind.NO_SHOW, early=None),
    ]
    assessed = assess(history, TRUST)
    assert [dict(one.counts) for one in assessed.assessments] == [{"six_months": 1}, {"six_months": 2}]
    assert all((one.penalty_minor, one.band, one.currency) == (0, None, None) for one in assessed.assessments)
    (only,) = assessed.consequences
    assert (only.kind, only.starts_at) == (ConsequenceKind.DEPRIORITIZE, history[1].lesson_ends_at)
    assert only.ends_at == only.starts_at + 60 * 24 * HOUR


@pytest.mark.parametrize(
    ("later", "joined"),
    [
        ("2026-08-10 09:59:59", True),
        ("2026-08-10 10:00:00", False),
        ("2026-08-10 10:00:01", False),
    ],
)
def test_talaera_window_is_open_at_its_start(later: str, joined: bool) -> None:
    zone = TRUST.zone_info
    history = [incident(at("2026-02-10 10:00", zone)), incident(at(later, zone), incident="later")]
    assert bool(assess(history, TRUST).consequences) is joined


def test_talaera_window_clamps_the_day() -> None:
    zone = TRUST.zone_info
    history = [incident(at("2026-02-28 12:00", zone)), incident(at("2026-08-31 11:00", zone), incident="later")]
    assert len(assess(history, TRUST).consequences) == 1
    history[1] = incident(at("2026-08-31 12:00", zone), incident="later")
    assert assess(history, TRUST).consequences == ()


def test_talaera_overlapping_consequences_join_and_four_open_a_review() -> None:
    history = [incident(f"2026-0{month}-05 10:00") for month in (3, 4, 5, 6)]
    kinds = {one.kind: one for one in assess(history, TRUST).consequences}
    assert set(kinds) == {ConsequenceKind.DEPRIORITIZE, ConsequenceKind.REVIEW_FOR_TERMINATION}
    deprioritized = kinds[ConsequenceKind.DEPRIORITIZE]
    assert deprioritized.starts_at == history[1].reported_at
    assert history[3].reported_at is not None
    assert deprioritized.ends_at == history[3].reported_at + 60 * 24 * HOUR
    assert kinds[ConsequenceKind.REVIEW_FOR_TERMINATION].ends_at is None


@pytest.mark.parametrize("decision", [Decision.WAIVED, Decision.VOIDED])
def test_talaera_waived_and_voided_do_not_count(decision: Decision) -> None:
    history = [incident("2026-03-05 10:00"), incident("2026-04-05 10:00", decision=decision)]
    assert assess(history, TRUST).consequences == ()


@pytest.mark.parametrize(
    ("kind", "decision", "is_rematched"),
    [
        (Kind.CANCELLED, None, True),
        (Kind.RESCHEDULED, Decision.WAIVED, True),
        (Kind.NO_SHOW, Decision.REDUCED, True),
        (Kind.CANCELLED, Decision.VOIDED, False),
        (Kind.LATE, None, False),
    ],
)
def test_first_meeting_missed_by_the_teacher_rematches_the_student(
    kind: Kind, decision: Decision | None, is_rematched: bool
) -> None:
    one = incident(kind=kind, decision=decision, lesson_type="meet_your_teacher")
    kinds = [consequence.kind for consequence in assess([one], TRUST).consequences]
    assert kinds == ([ConsequenceKind.REMATCH_STUDENT] if is_rematched else [])


def test_counts_are_the_totals_of_the_window_also_for_what_is_not_counted() -> None:
    history = [incident("2026-11-03 15:00"), incident("2026-11-04 15:00", requested_by=RequestedBy.STUDENT)]
    assert [dict(one.counts) for one in assess(history, FINES).assessments] == [{"month": 1, "week": 1}] * 2


def test_two_named_lessons_of_one_start_are_assessed_and_one_lesson_twice_is_refused() -> None:
    given_up = dataclasses.replace(incident(incident="a", requested_by=RequestedBy.STUDENT), lesson="1")
    booked_again = dataclasses.replace(incident(incident="b"), lesson="2")
    unnamed = incident(incident="c")

    assert [assessed.penalty_minor for assessed in assess([given_up, booked_again], FINES).assessments] == [0, 30]
    for clashing in (
        [booked_again, dataclasses.replace(booked_again, incident="d")],
        [booked_again, unnamed],
        [unnamed, given_up],
    ):
        with pytest.raises(InvalidFacts):
            assess(clashing, FINES)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "Reported 1 minute after the start."),
        (59, "Reported 59 minutes after the start."),
        (60, "Reported 1 h 0 min after the start."),
        (419, "Reported 6 h 59 min after the start."),
    ],
)
def test_a_late_report_reads_in_hours_and_is_stored_in_minutes(minutes: int, said: str) -> None:
    because = assess_one(incident(early=-minutes * MINUTE, kind=Kind.CANCELLED)).steps[0].because

    assert in_english(because) == f"{said} Without notice costs US$3.00."
    assert sentence_text(because, Reader.of(language="en", zone="UTC")) == in_english(because)
    assert because.values["minutes"] == minutes
