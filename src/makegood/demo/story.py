"""Tells a school's story in the order of time, through the same actions that people trigger."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from makegood.actions.decide_incident import decide_incident
from makegood.actions.preview_decision import preview_decision
from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.record_incident import record_incident
from makegood.actions.report_emergency import report_emergency
from makegood.demo.episodes import Episode
from makegood.demo.lesson_pages import Deed, LessonPage
from makegood.demo.mishaps import Mishap, Verdict
from makegood.demo.payroll import Payroll
from makegood.demo.presence import minutes_taught, seen_in, seen_when_taught
from makegood.demo.schools import DemoSchool
from makegood.demo.troubles import Manner
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons import attending, writing
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import Decision, Kind, RequestedBy

# Hears how many of how many steps are done.
Progress = Callable[[int, int], None]

# Every form's id is made from what it is about, so that the same plan sends the same forms.
_FORMS: Final = uuid.UUID("5f1d9d0e-6f0f-4c1a-9b58-4f6d27f3a0c4")
# What the teacher reports through the product; all else is put on record by staff.
_REPORTED: Final = frozenset(
    {Manner.KNOWN_EARLY, Manner.HOURS_BEFORE, Manner.MINUTES_BEFORE, Manner.AFTER_START, Manner.BROKE_OFF}
)
_DOORS: Final = {
    Manner.STUDENT_EARLY: Door.EMAIL,
    Manner.STUDENT_LATE: Door.PHONE,
    Manner.MOVED: Door.EMAIL,
    Manner.LATE: Door.CHAT,
    Manner.BROKE_OFF_UNREPORTED: Door.CHAT,
    Manner.CUT_AT_THE_END: Door.CHAT,
    Manner.REPORTED_LATER: Door.PHONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSchool:
    """A demo school's rows: people by code, one member of staff per role, lessons by their number in the plan."""

    demo: DemoSchool
    row: School
    teachers: Mapping[str, Membership]
    students: Mapping[str, Membership]
    staff: Mapping[Role, Membership]
    lessons: Mapping[int, Lesson]


def tell_story(
    *,
    loaded: LoadedSchool,
    mishaps: Sequence[Mishap],
    episodes: Sequence[Episode],
    deeds: Iterable[Deed],
    now: datetime,
    tell: Progress,
) -> None:
    """Let everything happen that happened until `now`, each with the clock of its own moment.

    Incidents, decisions, the pay of each month and its closing take their places in one line, so that a decision after
    a pay day is posted where it would have been (D20).
    """
    storyteller = _Storyteller(loaded, now=now)
    steps = storyteller.steps(mishaps, episodes, deeds)
    for done, step in enumerate(steps, 1):
        step.take()
        tell(done, len(steps))
    storyteller.payroll.pay(now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    at: datetime
    take: Callable[[], object]


class _Storyteller:
    def __init__(self, loaded: LoadedSchool, *, now: datetime) -> None:
        self._loaded = loaded
        self._now = now
        self._references: dict[int, str] = {}
        self.payroll = Payroll(demo=loaded.demo, school=loaded.row, closed_by=loaded.staff[Role.PAYROLL])
        self.payroll.add_taught(loaded.lessons.values())

    def steps(self, mishaps: Sequence[Mishap], episodes: Sequence[Episode], deeds: Iterable[Deed]) -> list[_Step]:
        """Everything that happens, in the order of time."""
        steps = [_Step(at=at, take=take) for at, take in self.payroll.steps(now=self._now)]
        for mishap in mishaps:
            steps.append(_Step(at=mishap.happens_at, take=partial(self._report, mishap)))
            if mishap.verdict is not None:
                steps.append(_Step(at=mishap.verdict.decided_at, take=partial(self._decide, mishap, mishap.verdict)))
        steps += [_Step(at=at, take=take) for at, take in deeds]
        for episode in episodes:
            page = LessonPage(
                school=self._loaded.row,
                lesson=self._loaded.lessons[episode.lesson.number],
                teacher=self._loaded.teachers[episode.lesson.teacher],
                student=self._loaded.students[episode.lesson.student],
                desk=self._loaded.staff[Role.DESK],
            )
            steps += [_Step(at=at, take=take) for at, take in page.deeds(episode)]
        return sorted(steps, key=lambda step: step.at)

    def _report(self, mishap: Mishap) -> None:
        if mishap.manner in _REPORTED:
            self._report_emergency(mishap)
        else:
            self._record(mishap)
        if mishap.kind is Kind.LATE and mishap.lesson.ends_at <= self._now:
            self._teach(mishap)

    def _report_emergency(self, mishap: Mishap) -> None:
        lesson = self._loaded.lessons[mishap.lesson.number]
        teacher = self._loaded.teachers[mishap.lesson.teacher]
        at = mishap.happens_at
        quote = quote_emergency(school=self._loaded.row, actor=teacher, lesson_id=lesson.pk, now=at)
        reported = report_emergency(
            school=self._loaded.row,
            actor=teacher,
            lesson_id=lesson.pk,
            situation=int(quote.fitting),
            lesson_begun=mishap.manner is Manner.BROKE_OFF,
            reason=mishap.reason,
            note="",
            quote_token=quote.token,
            request_id=self._form("report", mishap),
            door=Door.WEB,
            now=at,
            announce=False,
        )
        self._references[mishap.lesson.number] = reported.reference
        offer = next(
            offer for offer in quote.fitting_offers if offer.claim.lesson_begun == (mishap.manner is Manner.BROKE_OFF)
        )
        if offer.price is not None and offer.price.assessment.paid:
            self.payroll.add_paid(lesson)

    def _record(self, mishap: Mishap) -> None:
        staff = self._loaded.staff
        is_technical = mishap.kind in {Kind.LATE, Kind.CUT_SHORT} or mishap.requested_by is RequestedBy.PLATFORM
        recorder = staff[Role.SUPPORT if is_technical else Role.DESK]
        lesson = self._loaded.lessons[mishap.lesson.number]
        recorded = record_incident(
            school=self._loaded.row,
            actor=recorder,
            lesson_id=lesson.pk,
            learned=LearnedFacts(
                kind=mishap.kind,
                requested_by=mishap.requested_by,
                reported_at=mishap.reported_at,
                taught_minutes=mishap.taught_minutes,
                reason=mishap.reason,
                note="",
                reported_by_id=None if mishap.reported_at is None else recorder.person_id,
            ),
            request_id=self._form("record", mishap),
            door=_DOORS.get(mishap.manner, Door.WEB),
            now=mishap.happens_at,
        )
        self._references[mishap.lesson.number] = recorded.incident.reference
        if recorded.is_paid:
            self.payroll.add_paid(lesson)

    def _decide(self, mishap: Mishap, verdict: Verdict) -> None:
        reviewer = self._loaded.staff[Role.REVIEWER]
        reference = self._references[mishap.lesson.number]
        school, at = self._loaded.row, verdict.decided_at
        preview = preview_decision(
            school=school, actor=reviewer, reference=reference, decision=verdict.decision, now=at
        )
        decide_incident(
            school=school,
            actor=reviewer,
            reference=reference,
            decision=verdict.decision,
            reason=verdict.reason,
            seen=preview.seen,
            is_exception=preview.needs_exception,
            request_id=self._form("decide", mishap),
            door=Door.WEB,
            now=at,
            announce=False,
        )
        if verdict.decision is Decision.VOIDED:
            self._teach(mishap)

    def _teach(self, mishap: Mishap) -> None:
        """The lesson was taught after all: late, or the record of its not being taught was a mistake."""
        lesson = self._loaded.lessons[mishap.lesson.number]
        if lesson.ends_at <= self._now:
            seen = seen_in(mishap)
            if not seen:
                seen = seen_when_taught(starts_at=lesson.starts_at, ends_at=lesson.ends_at, seed=f"taught {lesson.pk}")
                attending.record_many(school_id=self._loaded.row.pk, seen=[(lesson, seen)], door=Door.WEB)
            minutes = minutes_taught(starts_at=lesson.starts_at, ends_at=lesson.ends_at, seen=seen)
            writing.mark_taught(school_id=self._loaded.row.pk, minutes_by_lesson={lesson.pk: minutes})
            self.payroll.add_paid(lesson)

    def _form(self, what: str, mishap: Mishap) -> uuid.UUID:
        lesson = mishap.lesson
        return uuid.uuid5(_FORMS, f"{what} {self._loaded.row.slug} {lesson.teacher} {lesson.starts_at.isoformat()}")
