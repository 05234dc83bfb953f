"""Plans of the demo at instants that are easy to get wrong, made once for all tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property

from makegood.demo.episodes import Episode, choose_episodes
from makegood.demo.lessons import DemoLesson
from makegood.demo.mishaps import Mishap, plan_mishaps
from makegood.demo.people import DemoPeople, DemoPerson, people_of
from makegood.demo.schools import DEMO_SCHOOLS, DemoSchool
from makegood.demo.timetable import HISTORY, HORIZON, plan_lessons

INSTANTS = {
    "an ordinary afternoon": datetime(2026, 11, 22, 14, 33, 12, 345678, tzinfo=UTC),
    "the first minute of a month in Manila": datetime(2026, 9, 30, 16, 0, tzinfo=UTC),
    "the last minute of a month in Berlin": datetime(2026, 10, 31, 22, 59, tzinfo=UTC),
    "Monday midnight in Berlin": datetime(2026, 6, 14, 22, 0, tzinfo=UTC),
    "the night Europe springs forward": datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC),
    "the night Europe falls back": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    "the night America falls back": datetime(2026, 11, 1, 6, 15, tzinfo=UTC),
    "New Year in Greenwich": datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    "a Friday the first": datetime(2027, 10, 1, 3, 20, tzinfo=UTC),
}
CASES = [(school, name) for school in DEMO_SCHOOLS for name in INSTANTS]
CASE_NAMES = [f"{school.slug}: {name}" for school, name in CASES]


@dataclass(frozen=True)
class Plan:
    """Everything planned for one school at one instant."""

    school: DemoSchool
    now: datetime
    people: DemoPeople
    lessons: tuple[DemoLesson, ...]
    mishaps: tuple[Mishap, ...]
    episodes: tuple[Episode, ...]

    @cached_property
    def person(self) -> dict[str, DemoPerson]:
        return {person.code: person for person in self.people.everybody}

    def teacher(self, story: str) -> str:
        """The code of the cast's teacher with this story."""
        return next(teacher.code for teacher in self.people.teachers if teacher.story == story)

    def of_teacher(self, code: str) -> list[DemoLesson]:
        return [lesson for lesson in self.lessons if lesson.teacher == code]


def make_plan(school: DemoSchool, now: datetime, *, teacher_count: int = 40) -> Plan:
    people = people_of(school, teacher_count=teacher_count)
    lessons = plan_lessons(school=school, people=people, now=now, since=now - HISTORY, until=now + HORIZON)
    mishaps = plan_mishaps(school=school, people=people, lessons=lessons, now=now)
    episodes = choose_episodes(school=school, people=people, lessons=lessons, mishaps=mishaps, now=now)
    return Plan(school, now, people, lessons, mishaps, episodes)


def plan(school: DemoSchool, name: str) -> Plan:
    return _plan(DEMO_SCHOOLS.index(school), name)


@cache
def _plan(school_index: int, name: str) -> Plan:
    return make_plan(DEMO_SCHOOLS[school_index], INSTANTS[name])
