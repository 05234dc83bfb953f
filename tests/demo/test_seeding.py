"""Making the demo: whole or not at all, again without harm, and never into somebody's own database by accident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from makegood.demo import DEMO_PASSWORD, sign_ins
from makegood.demo.loader import load_school
from makegood.demo.schools import LARKSPUR, MARIGOLD
from makegood.demo.seeding import NotADemoSchool, RealSchoolsHere, bring_up_to_date, refuse_unless_ours, seed
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Person
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.schools.operations import NewSchool, SlugTaken, create_school

pytestmark = pytest.mark.django_db

# Long enough ago that no clock of a test machine is behind it.
NOW = datetime(2026, 3, 22, 14, 33, 12, tzinfo=UTC)


def hear_nothing(*_done: object) -> None:
    """Progress is not what is tested here."""


def make_real_school(slug: str) -> School:
    return create_school(
        new=NewSchool(
            slug=slug,
            name=slug.title(),
            zone="Asia/Manila",
            language="en",
            desk_email=f"desk@{slug}.example",
            desk_phone="+1 202 555 0100",
            support_email=f"support@{slug}.example",
        ),
        now=NOW,
    )


class Killed(Exception):
    """Stands for the end of the process in the middle of the work."""


def test_a_school_is_made_whole_or_not_at_all() -> None:
    def kill_in_the_middle(done: int, total: int) -> None:
        if done == total // 2:
            raise Killed

    with pytest.raises(Killed):
        load_school(demo=MARIGOLD, now=NOW, tell=kill_in_the_middle, teacher_count=1)

    assert not School.objects.exists()
    assert not Person.objects.exists()


def test_what_a_kill_left_out_is_made_by_the_next_start() -> None:
    def kill_in_the_second_school(name: str, done: int, total: int) -> None:
        if name == "Marigold" and done == total:
            return
        if name == "Larkspur":
            raise Killed

    with pytest.raises(Killed):
        seed(now=NOW, tell=kill_in_the_second_school, teacher_count=1)
    assert list(School.objects.values_list("slug", flat=True)) == ["marigold"]

    added = seed(now=NOW, tell=hear_nothing, teacher_count=1)

    assert sorted(School.objects.values_list("slug", flat=True)) == ["larkspur", "marigold"]
    assert added["marigold"] == 0
    assert added["larkspur"] > 100


def test_a_school_that_exists_is_not_loaded_over() -> None:
    load_school(demo=LARKSPUR, now=NOW, tell=hear_nothing, teacher_count=1)

    with pytest.raises(SlugTaken):
        load_school(demo=LARKSPUR, now=NOW, tell=hear_nothing, teacher_count=1)

    assert School.objects.count() == 1


def test_seeding_again_later_adds_the_days_between_and_then_nothing() -> None:
    seed(now=NOW, tell=hear_nothing, teacher_count=1)
    later = NOW + timedelta(days=3)

    first, second = (seed(now=later, tell=hear_nothing, teacher_count=1) for _ in range(2))

    assert all(count > 0 for count in first.values())
    assert second == {"marigold": 0, "larkspur": 0}


def test_the_demo_does_not_move_into_somebodys_own_database() -> None:
    make_real_school("sunflower")

    with pytest.raises(RealSchoolsHere):
        refuse_unless_ours(add=False)
    with pytest.raises(CommandError, match="--add"):
        call_command("seed_demo")

    assert School.objects.count() == 1


def test_the_demo_moves_in_beside_a_real_school_when_asked_to(tmp_path: Path, settings: Settings) -> None:
    settings.STATE_DIRECTORY = tmp_path
    make_real_school("sunflower")

    call_command("seed_demo", "--add", "--one-by-one", "--teachers=1", "--at=2026-03-22T14:33Z")

    assert sorted(School.objects.values_list("slug", flat=True)) == ["larkspur", "marigold", "sunflower"]


def test_a_real_school_with_the_name_of_a_demo_school_is_left_alone() -> None:
    real = make_real_school("larkspur")

    with pytest.raises(NotADemoSchool):
        refuse_unless_ours(add=True)
    bring_up_to_date(now=NOW)

    with in_school(real.pk):
        assert Lesson.objects.count() == 0
    assert School.objects.count() == 1


def test_the_command_says_what_it_made_and_writes_down_the_sign_ins(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.STATE_DIRECTORY = tmp_path

    call_command("seed_demo", "--teachers=1", "--one-by-one")

    written = (tmp_path / "demo-sign-ins.txt").read_text(encoding="utf-8")
    output = capsys.readouterr()
    made = [line for line in output.out.splitlines() if line.endswith("lessons added.")]
    assert [line.split(":")[0] for line in made] == ["Marigold", "Larkspur"]
    assert output.err == ""
    assert DEMO_PASSWORD in written
    assert all(sign_in.email in written for sign_in in sign_ins)


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ("--teachers=0", "from 1 to 40"),
        ("--teachers=41", "from 1 to 40"),
        ("--teachers=many", "from 1 to 40"),
        ("--at=yesterday", "an instant in the past"),
        ("--at=2026-03-22T14:33", "an instant in the past"),
        ("--at=2099-03-22T14:33Z", "an instant in the past"),
        ("--only=sunflower", "invalid choice"),
    ],
)
def test_the_command_names_what_is_wrong_with_an_option(option: str, problem: str) -> None:
    with pytest.raises(CommandError, match=problem):
        call_command("seed_demo", option)

    assert not School.objects.exists()
