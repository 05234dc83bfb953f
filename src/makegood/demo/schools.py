"""What the two demo schools are: where they sit, how they work, and where their people live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A place where people of the demo live: an IANA zone and the country whose names they bear."""

    zone: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSchool:
    """One demo school. `teacher_homes` and `student_homes` tell how many of each 40 people live where.

    `lesson_minutes` are the lengths a series may have; `pay_per_25_minutes_minor` is the span of the teachers' rates,
    None where teachers are not paid through the product.
    """

    slug: str
    name: str
    zone: str
    preset: str
    currency: str | None
    pay_per_25_minutes_minor: tuple[int, int] | None
    desk_phone: str
    emergency_phone: str
    lesson_minutes: tuple[int, ...]
    titles: tuple[str, ...]
    teacher_homes: Mapping[Home, int]
    student_homes: Mapping[Home, int]

    @property
    def domain(self) -> str:
        """The reserved domain of the school's addresses, to which no mail can ever go."""
        return f"{self.slug}.example"


MANILA: Final = Home(zone="Asia/Manila", country="PH")
SEOUL: Final = Home(zone="Asia/Seoul", country="KR")
TOKYO: Final = Home(zone="Asia/Tokyo", country="JP")
KOLKATA: Final = Home(zone="Asia/Kolkata", country="IN")
KATHMANDU: Final = Home(zone="Asia/Kathmandu", country="NP")
DUBAI: Final = Home(zone="Asia/Dubai", country="AE")
TEHRAN: Final = Home(zone="Asia/Tehran", country="IR")
NAIROBI: Final = Home(zone="Africa/Nairobi", country="KE")
CASABLANCA: Final = Home(zone="Africa/Casablanca", country="MA")
BELGRADE: Final = Home(zone="Europe/Belgrade", country="RS")
BERLIN: Final = Home(zone="Europe/Berlin", country="DE")
PARIS: Final = Home(zone="Europe/Paris", country="FR")
KYIV: Final = Home(zone="Europe/Kyiv", country="UA")
LISBON: Final = Home(zone="Europe/Lisbon", country="PT")
LONDON: Final = Home(zone="Europe/London", country="GB")
SAO_PAULO: Final = Home(zone="America/Sao_Paulo", country="BR")
ST_JOHNS: Final = Home(zone="America/St_Johns", country="CA")
BOGOTA: Final = Home(zone="America/Bogota", country="CO")
NEW_YORK: Final = Home(zone="America/New_York", country="US")
DENVER: Final = Home(zone="America/Denver", country="US")
LOS_ANGELES: Final = Home(zone="America/Los_Angeles", country="US")
HONOLULU: Final = Home(zone="Pacific/Honolulu", country="US")
ADELAIDE: Final = Home(zone="Australia/Adelaide", country="AU")
AUCKLAND: Final = Home(zone="Pacific/Auckland", country="NZ")
CHATHAM: Final = Home(zone="Pacific/Chatham", country="NZ")

MARIGOLD: Final = DemoSchool(
    slug="marigold",
    name="Marigold",
    zone="Asia/Manila",
    preset="25hoon",
    currency="USD",
    pay_per_25_minutes_minor=(180, 320),
    desk_phone="+1 202 555 0143",
    emergency_phone="+1 202 555 0119",
    lesson_minutes=(25, 25, 50),
    titles=("Daily conversation", "Business English", "Speaking test practice", "English for travel", "Young learners"),
    teacher_homes={
        MANILA: 19, KATHMANDU: 3, KOLKATA: 3, NAIROBI: 3, BELGRADE: 3, BOGOTA: 3, ADELAIDE: 2, HONOLULU: 2, ST_JOHNS: 2,
    },
    student_homes={
        SEOUL: 15, TOKYO: 8, MANILA: 3, DUBAI: 2, KOLKATA: 3, KATHMANDU: 1, BELGRADE: 1, SAO_PAULO: 2, BOGOTA: 1,
        LOS_ANGELES: 2, HONOLULU: 1, ADELAIDE: 1,
    },
)  # fmt: skip

LARKSPUR: Final = DemoSchool(
    slug="larkspur",
    name="Larkspur",
    zone="Europe/Berlin",
    preset="talaera",
    currency=None,
    pay_per_25_minutes_minor=None,
    desk_phone="+49 30 23125 011",
    emergency_phone="+49 30 23125 014",
    lesson_minutes=(45, 60),
    titles=("Meetings in English", "Presenting with ease", "Negotiation", "Writing that works", "Pronunciation"),
    teacher_homes={
        BERLIN: 9, LISBON: 4, LONDON: 5, KYIV: 4, CASABLANCA: 3, NEW_YORK: 4, DENVER: 3, KATHMANDU: 2, AUCKLAND: 2,
        SAO_PAULO: 2, CHATHAM: 1, TEHRAN: 1,
    },
    student_homes={
        BERLIN: 13, PARIS: 8, KYIV: 3, LISBON: 3, TEHRAN: 1, KOLKATA: 3, TOKYO: 2, SAO_PAULO: 3, NEW_YORK: 2, DENVER: 1,
        AUCKLAND: 1,
    },
)  # fmt: skip

DEMO_SCHOOLS: Final = (MARIGOLD, LARKSPUR)
