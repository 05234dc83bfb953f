"""Who belongs to a demo school: names that nobody bears, homes in a dozen zones, and the cast among them."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from makegood.demo.cast import NEWCOMER, SIGN_INS, SignIn
from makegood.demo.names import NAMES
from makegood.demo.schools import DemoSchool, Home

STUDENTS_PER_TEACHER = 10
# A school with this many teachers has the homes of `schools.py` exactly; a smaller one is a sample of it.
FULL_SIZE = 40
# Two weeks of a probation of thirty days are over; the first lesson was a few days after joining.
JOINED_AGO: Final = timedelta(days=13)
# Who lives there reads the product in this language; the cast chooses its own, since visitors read its pages.
_LANGUAGES = {"DE": "de"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Somebody in a demo school; `code` is the school's own id for them. `story` as in `SignIn`."""

    code: str
    full_name: str
    email: str
    home: Home
    roles: tuple[str, ...]
    is_sign_in: bool = False
    story: str = ""
    language: str = "en"

    @property
    def is_new(self) -> bool:
        """Whether they joined lately: a teacher who is on probation."""
        return self.story == NEWCOMER

    def joined_at(self, *, since: datetime, now: datetime) -> datetime:
        """When they joined, in a school whose story begins `since`."""
        return max(since, now - JOINED_AGO) if self.is_new else since


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPeople:
    """Everybody of one demo school."""

    teachers: tuple[DemoPerson, ...]
    students: tuple[DemoPerson, ...]
    staff: tuple[DemoPerson, ...]

    @property
    def everybody(self) -> tuple[DemoPerson, ...]:
        """Teachers, students and staff, in this order."""
        return self.teachers + self.students + self.staff


def people_of(school: DemoSchool, *, teacher_count: int = FULL_SIZE) -> DemoPeople:
    """The people of `school`, always the same: `teacher_count` teachers with ten students each, and the staff."""
    names = _unused_names(random.Random(f"names of {school.slug}"))
    cast = [sign_in for sign_in in SIGN_INS if school.slug in sign_in.roles]
    teachers = [sign_in for sign_in in cast if "teacher" in sign_in.roles[school.slug]]
    students = [sign_in for sign_in in cast if "student" in sign_in.roles[school.slug]]
    staff = [sign_in for sign_in in cast if sign_in not in teachers and sign_in not in students]
    return DemoPeople(
        teachers=tuple(
            _crowd(
                school, "teacher", teachers, _homes(school.teacher_homes, teacher_count, teachers), names, school.domain
            )
        ),
        students=tuple(
            _crowd(
                school,
                "student",
                students,
                _homes(school.student_homes, teacher_count * STUDENTS_PER_TEACHER, students),
                names,
                f"students.{school.domain}",
            )
        ),
        staff=tuple(_from_cast(school, sign_in, f"M{number:03d}") for number, sign_in in enumerate(staff, 1)),
    )


def _homes(counts: Mapping[Home, int], wanted: int, cast: list[SignIn]) -> list[Home]:
    """`wanted` homes in the proportions of `counts`, well mixed, the first ones being those of the cast."""
    pool = [home for home, count in counts.items() for _ in range(count * max(1, wanted // FULL_SIZE))]
    for sign_in in cast:
        if sign_in.home in pool:
            pool.remove(sign_in.home)
    random.Random("homes").shuffle(pool)
    return ([sign_in.home for sign_in in cast] + pool)[:wanted]


def _crowd(
    school: DemoSchool,
    role: str,
    cast: list[SignIn],
    homes: list[Home],
    names: Mapping[str, Iterator[tuple[str, str]]],
    domain: str,
) -> Iterator[DemoPerson]:
    letter = role[0].upper()
    for number, home in enumerate(homes, 1):
        code = f"{letter}{number:03d}"
        if number <= len(cast):
            yield _from_cast(school, cast[number - 1], code)
            continue
        first, family = next(names[home.country])
        yield DemoPerson(
            code=code,
            full_name=f"{first} {family}",
            email=f"{_plain(first)}.{_plain(family)}@{domain}",
            home=home,
            roles=(role,),
            language=_LANGUAGES.get(home.country, "en"),
        )


def _from_cast(school: DemoSchool, sign_in: SignIn, code: str) -> DemoPerson:
    return DemoPerson(
        code=code,
        full_name=sign_in.full_name,
        email=sign_in.email,
        home=sign_in.home,
        roles=sign_in.roles[school.slug],
        is_sign_in=True,
        story=sign_in.story,
        language=sign_in.language,
    )


def _unused_names(rng: random.Random) -> Mapping[str, Iterator[tuple[str, str]]]:
    """For each country all pairs of names in a mixed order; no pair occurs twice, nor one of the cast's."""
    pairs = {}
    borne = {tuple(sign_in.full_name.split(" ")) for sign_in in SIGN_INS}
    for country, (first_names, family_names) in NAMES.items():
        combined = [(first, family) for first in first_names for family in family_names]
        combined = [pair for pair in combined if pair not in borne]
        borne.update(combined)
        rng.shuffle(combined)
        pairs[country] = iter(combined)
    return pairs


def _plain(name: str) -> str:
    """A name as it stands in an e-mail address: ASCII letters and hyphens."""
    spelled = name.lower().replace("ß", "ss").replace("ø", "o").replace("đ", "dj")
    letters = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode("ascii")
    return "".join(letter for letter in letters if letter.isalnum() or letter == "-")
