"""Presence facts, in whatever order and however often they arrive, say the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.domain.lessons.judging import Finding, judge
from makegood.domain.lessons.models.presence import PresenceFact, Side
from makegood.domain.lessons.presence import Attendance, Seen, attend, longest_silence
from makegood.rules.settings.conduct import Waiting

Kind = PresenceFact.Kind
START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # Half an hour before Europe's clocks go back.
MINUTES = 50
END = START + timedelta(minutes=MINUTES)
AS_SHIPPED = Waiting()


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def seen(side: Side, kind: Kind, minutes: float) -> Seen:
    return Seen(at(minutes), side, kind)


def stays(side: Side, first: int, last: int, *, every: int = 1) -> list[Seen]:
    """Joins, sends signs of life, and leaves."""
    signs = [seen(side, Kind.SEEN, minute) for minute in range(first, last, every)]
    return [seen(side, Kind.JOINED, first), *signs, seen(side, Kind.LEFT, last)]


def taught(first: int, last: int) -> list[Seen]:
    """The teacher's side of a lesson that was started and finished."""
    return [
        *stays(Side.TEACHER, first, last)[:-1],
        seen(Side.TEACHER, Kind.STARTED, first),
        seen(Side.TEACHER, Kind.FINISHED, last),
    ]


def look(facts: Sequence[Seen], *, until: float = 180) -> Attendance:
    return attend(facts=facts, starts_at=START, ends_at=END, until=at(until))


def find(facts: Sequence[Seen], *, waiting: Waiting = AS_SHIPPED) -> Finding:
    return judge(attendance=look(facts), lesson_minutes=MINUTES, enough_minutes=20, waiting=waiting)


FACTS = st.lists(
    st.builds(
        seen,
        st.sampled_from(list(Side)),
        st.sampled_from(list(Kind)),
        st.integers(min_value=-15 * 60, max_value=120 * 60).map(lambda seconds: seconds / 60),
    ),
    max_size=40,
)


@given(FACTS, st.randoms())
def test_order_and_repetition_of_facts_change_nothing(facts: list[Seen], random: object) -> None:
    shuffled = [*facts, *facts[: len(facts) // 2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert look(shuffled) == look(facts)


@given(FACTS, st.lists(st.sampled_from([*Side]), min_size=1, max_size=2, unique=True))
def test_a_look_at_the_page_before_it_begins_is_not_coming(facts: list[Seen], sides: list[Side]) -> None:
    during = [fact for fact in facts if fact.at > START]
    looks = [fact for side in sides for fact in (seen(side, Kind.JOINED, -9), seen(side, Kind.LEFT, -8))]

    assert look([*looks, *during]) == look(during)


def test_who_came_before_it_begins_is_there_when_it_does() -> None:
    facts = [
        seen(Side.TEACHER, Kind.JOINED, -1),
        seen(Side.STUDENT, Kind.JOINED, -9),
        seen(Side.STUDENT, Kind.SEEN, -1),
    ]

    for until in (-0.01, 0, 0.01):
        found = look(facts, until=until)
        assert [found.is_here(side, at(until)) for side in Side] == [True, True]
    assert (found.teacher_late_by, found.student_late_by) == (timedelta(), timedelta())


@pytest.mark.parametrize("kind", [Kind.FINISHED, Kind.LEFT])
def test_who_went_before_it_begins_has_not_ended_it(kind: Kind) -> None:
    """The student waits; before the start the page still says who was there."""
    facts = [seen(Side.TEACHER, Kind.STARTED, -9), seen(Side.TEACHER, kind, -8), *stays(Side.STUDENT, -9, 50)]

    found = look(facts)

    assert (found.finished_at, found.left_at, found.has_begun) == (None, None, False)
    assert (find(facts), found.last_at(Side.STUDENT)) == (Finding.TEACHER_ABSENT, END)
    assert look(facts, until=-7).is_here(Side.TEACHER, at(-8.5))


@given(FACTS)
def test_minutes_never_exceed_the_lesson_nor_what_the_teacher_gave(facts: list[Seen]) -> None:
    found = look(facts)

    assert 0 <= found.taught_minutes <= found.together_minutes <= MINUTES
    assert found.together_minutes <= found.given_minutes <= MINUTES


@given(st.sets(st.integers(min_value=0, max_value=49)))
def test_a_lost_sign_of_life_never_adds_a_minute(lost: set[int]) -> None:
    whole = [*taught(0, 50), *stays(Side.STUDENT, 0, 50)]
    rest = [fact for fact in whole if not (fact.kind == Kind.SEEN and fact.at in {at(minute) for minute in lost})]
    if not any(fact.kind == Kind.SEEN and fact.side == Side.STUDENT for fact in rest):
        return

    assert look(rest).taught_minutes <= look(whole).taught_minutes == 50


def test_one_lost_sign_changes_nothing_and_two_in_a_row_are_an_absence() -> None:
    student = stays(Side.STUDENT, 0, 50)
    one = [fact for fact in student if fact.at != at(10) or fact.kind != Kind.SEEN]
    two = [fact for fact in student if fact.at not in {at(10), at(11)} or fact.kind != Kind.SEEN]

    assert look([*taught(0, 50), *one]).taught_minutes == 50
    assert look([*taught(0, 50), *two]).taught_minutes == 47


def test_somebody_without_a_script_is_there_until_they_leave_or_the_lesson_ends() -> None:
    facts = [
        seen(Side.TEACHER, Kind.JOINED, -2),
        seen(Side.TEACHER, Kind.STARTED, 0),
        seen(Side.STUDENT, Kind.JOINED, 5),
    ]

    found = look(facts)

    assert (found.taught_minutes, found.student_late_by) == (45, timedelta(minutes=5))


def test_minutes_after_the_scheduled_end_count_only_as_far_as_the_teacher_was_late() -> None:
    on_time = look([*taught(0, 60), *stays(Side.STUDENT, 0, 60)])
    made_up = look([*taught(6, 70), *stays(Side.STUDENT, 0, 70)])

    assert (on_time.taught_minutes, on_time.closes_at) == (50, END)
    assert (made_up.taught_minutes, made_up.closes_at) == (50, at(56))


def test_whoever_comes_back_after_finish_has_not_finished() -> None:
    facts = [*taught(0, 10), *stays(Side.TEACHER, 12, 50), *stays(Side.STUDENT, 0, 50)]

    assert look(facts).taught_minutes == 48


@pytest.mark.parametrize(
    ("facts", "finding"),
    [
        ([], Finding.TEACHER_ABSENT),
        (stays(Side.STUDENT, 0, 20), Finding.TEACHER_ABSENT),
        ([*taught(0, 50), *stays(Side.STUDENT, 0, 50)], Finding.TAUGHT),
        ([*taught(0, 46), *stays(Side.STUDENT, 0, 46)], Finding.TAUGHT),
        ([*taught(4, 50), *stays(Side.STUDENT, 0, 50)], Finding.TAUGHT),
        ([*taught(6, 56), *stays(Side.STUDENT, 0, 56)], Finding.LATE),
        ([*taught(6, 50), *stays(Side.STUDENT, 0, 50)], Finding.TEACHER_ABSENT),
        ([*taught(6, 50), *stays(Side.STUDENT, 8, 50)], Finding.LATE),
        ([*taught(20, 50), *stays(Side.STUDENT, 0, 10)], Finding.TEACHER_ABSENT),
        ([*taught(0, 12), *stays(Side.STUDENT, 0, 13)], Finding.CUT_SHORT),
        ([*taught(0, 30), *stays(Side.STUDENT, 0, 31)], Finding.CUT_SHORT),
        ([*taught(0, 30), *stays(Side.STUDENT, 0, 25)], Finding.TAUGHT),
        ([*taught(0, 30), *stays(Side.STUDENT, 0, 10)], Finding.UNCLEAR),
        # Signs of life do not tell who of two goes first within two minutes of each other.
        ([*taught(0, 12), *stays(Side.STUDENT, 0, 10)], Finding.CUT_SHORT),
        ([*taught(0, 13), *stays(Side.STUDENT, 0, 10)], Finding.UNCLEAR),
        ([*taught(0, 50), *stays(Side.STUDENT, 35, 50)], Finding.TAUGHT),
        (stays(Side.TEACHER, 0, 15), Finding.STUDENT_ABSENT),
        (stays(Side.TEACHER, 0, 14), Finding.UNCLEAR),
        (stays(Side.TEACHER, 8, 40), Finding.UNCLEAR),
        ([*stays(Side.TEACHER, 0, 20), *stays(Side.STUDENT, 21, 40)], Finding.STUDENT_ABSENT),
        ([*stays(Side.TEACHER, 0, 50), *stays(Side.STUDENT, 0, 50)], Finding.UNCLEAR),
    ],
)
def test_findings(facts: list[Seen], finding: Finding) -> None:
    assert find(facts) is finding


def test_one_waits_a_third_of_the_lesson_and_a_quarter_of_an_hour_at_most() -> None:
    waiting = Waiting()

    assert [waiting.wait_for(timedelta(minutes=minutes)) for minutes in (30, 45, 60)] == [
        timedelta(minutes=10),
        timedelta(minutes=15),
        timedelta(minutes=15),
    ]


@pytest.mark.parametrize(
    ("facts", "by_default", "waiting", "finding"),
    [
        pytest.param(
            [*stays(Side.STUDENT, 0, 50), *taught(7, 50)],
            Finding.TEACHER_ABSENT, Waiting(late_minutes=10), Finding.TAUGHT,
            id="seven minutes are not late where ten are",
        ),
        pytest.param(
            [*stays(Side.STUDENT, 0, 53), *taught(3, 53)],
            Finding.TAUGHT, Waiting(late_minutes=2), Finding.LATE,
            id="three minutes are late where two are",
        ),
        pytest.param(
            [*stays(Side.STUDENT, 0, 5), *stays(Side.TEACHER, 6, 50)],
            Finding.TEACHER_ABSENT, Waiting(late_minutes=10), Finding.UNCLEAR,
            id="a student who left before a teacher was late",
        ),
        pytest.param(
            [*stays(Side.STUDENT, 0, 50), *taught(15, 50)],
            Finding.TEACHER_ABSENT, Waiting(late_minutes=20), Finding.TAUGHT,
            id="what is lost by a beginning that is not late is lost",
        ),
        pytest.param(
            [*stays(Side.STUDENT, 0, 13), *taught(0, 12)],
            Finding.CUT_SHORT, Waiting(late_minutes=60), Finding.CUT_SHORT,
            id="twelve minutes are cut short however late is late",
        ),
        pytest.param(
            [*stays(Side.STUDENT, 0, 50), *taught(15, 40)],
            Finding.TEACHER_ABSENT, Waiting(late_minutes=20), Finding.CUT_SHORT,
            id="going early is not coming late",
        ),
        pytest.param(
            [*stays(Side.STUDENT, 0, 50), *taught(45, 50)],
            Finding.TEACHER_ABSENT, Waiting(late_minutes=60), Finding.CUT_SHORT,
            id="five minutes are never a lesson",
        ),
        pytest.param(
            stays(Side.TEACHER, 0, 10),
            Finding.UNCLEAR, Waiting(wait_minutes=10), Finding.STUDENT_ABSENT,
            id="ten minutes of waiting are enough",
        ),
    ],
)  # fmt: skip
def test_how_late_is_late_and_how_long_one_waits_is_the_policys(
    facts: list[Seen], by_default: Finding, waiting: Waiting, finding: Finding
) -> None:
    assert (find(facts), find(facts, waiting=waiting)) == (by_default, finding)


def test_silence_is_measured_between_the_minutes_somebody_was_heard_in() -> None:
    minutes = [at(3), at(0), at(1), at(20)]

    assert longest_silence(minutes=minutes, start=at(0), end=at(15)) == timedelta(minutes=11)
    assert longest_silence(minutes=[], start=at(0), end=at(15)) == timedelta(minutes=15)
    assert longest_silence(minutes=minutes, start=at(0), end=at(4)) == timedelta(minutes=1)
