"""Who was absent: what the lesson page saw and what both sides say, confirmed or corrected by the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.decide_absence import ABSENCE_CASES, LessonNotOver, NoGrounds, Verdict, decide_absence
from makegood.actions.lesson_credits import CreditSpentSince
from makegood.domain.incidents.operations import OwnCase
from makegood.domain.lessons import attending, claiming, desk_cases
from makegood.domain.lessons.claiming import NOTE_LENGTH, ClaimNoteTooLong
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, Side
from makegood.domain.lessons.presence import JOIN_EARLY, Attendance
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.penalties.foreseeing import confirmed_until
from makegood.domain.people.models import Role
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import ADDS_TO, EventKind
from makegood.domain.timeline.queries import list_of_lesson
from makegood.domain.uptime.queries import list_downtimes
from makegood.web import access
from makegood.web.parts.shown_again import ShownAgain
from makegood.web.refusals import words_of
from makegood.wording import Reader, format_moment

_KINDS: Final = {
    DeskCase.Kind.BOTH_CLAIM: _("Both say that the other did not come"),
    DeskCase.Kind.TEACHER_ABSENT: _("The teacher may have been absent"),
    DeskCase.Kind.STUDENT_ABSENT: _("The student may have been absent"),
}
# Nobody was missing: what the lesson page saw is another question.
_NOT_ABSENT: Final = {
    "cut_short": _("The session may have ended early"),
    "unclear": _("It is unclear what became of the session"),
}
FINDINGS: Final = {
    "teacher_absent": _("The lesson page did not see the teacher in time."),
    "student_absent": _("The lesson page saw the teacher wait, and no student."),
    "cut_short": _("The session ended early, and nobody reported why."),
    "unclear": _("What the lesson page saw does not say who is answerable."),
}
_CLAIMS: Final = {
    (Side.TEACHER, LessonClaim.Kind.OTHER_ABSENT): _("The teacher says: nobody came"),
    (Side.TEACHER, LessonClaim.Kind.OTHER_LATE): _("The teacher says: the student was late"),
    (Side.TEACHER, LessonClaim.Kind.PROBLEM): _("The teacher reports a problem"),
    (Side.STUDENT, LessonClaim.Kind.OTHER_ABSENT): _("The student says: nobody came"),
    (Side.STUDENT, LessonClaim.Kind.OTHER_LATE): _("The student says: the teacher was late"),
    (Side.STUDENT, LessonClaim.Kind.PROBLEM): _("The student reports a problem"),
    (Side.STUDENT, LessonClaim.Kind.NOT_ASKED): _("The student says: I did not ask for this"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a side added later to its report of a problem."""

    made_at: datetime
    note: str


class VerdictForm(ShownAgain):
    """Who was absent, and from whom the desk knows."""

    verdict = forms.ChoiceField(
        choices=[
            (Verdict.TEACHER_ABSENT.value, _("The teacher was absent")),
            (Verdict.STUDENT_ABSENT.value, _("The student was absent")),
            (Verdict.CUT_SHORT.value, _("It was taught, but ended early")),
            (Verdict.TAUGHT.value, _("It was taught")),
            (Verdict.OUTAGE.value, _("Our website or the video service failed: nobody is to blame")),
        ],
        widget=forms.RadioSelect,
        label=_("What happened?"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what happened.")),
    )
    note = forms.CharField(
        max_length=NOTE_LENGTH,
        label=_("How do you know?"),
        help_text=_("Both sides may ask for it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Write what you know and from whom."),
            "max_length": _("The note is too long. Shorten it to %(limit_value)d characters."),
            "null_characters_not_allowed": _(
                "The note contains a character that cannot be stored. Type it again instead of pasting it."
            ),
        },
    )


@access.members(Role.DESK)
def absences(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """The open cases about absences, the oldest session first."""
    cases = desk_cases.list_open_cases(school_id=visit.school.pk, kinds=ABSENCE_CASES)
    timetable = get_timetable(school_id=visit.school.pk)
    attendances = attending.find_attendances(lessons=[case.lesson for case in cases], now=visit.now)
    rows = [
        {
            "case": case,
            "what": absence_words(case),
            **_time_to_decide(case.lesson, attendances[case.lesson_id], timetable, now=visit.now),
        }
        for case in cases
    ]
    return render(request, "desk/absences.html", {"rows": rows})


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def absence(request: HttpRequest, visit: access.Visit, case_id: int) -> HttpResponseBase:
    """Show one case, or decide it."""
    case = desk_cases.find_open_case(school_id=visit.school.pk, case_id=case_id)
    if case is None or case.kind not in ABSENCE_CASES:
        raise Http404
    if request.method != "POST":
        return render(request, "desk/absence.html", _context(case, visit, VerdictForm()))
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/absence.html", _context(case, visit, form), status=422)
    try:
        decide_absence(
            school=visit.school,
            actor=visit.membership,
            case_id=case_id,
            verdict=Verdict(form.cleaned_data["verdict"]),
            note=form.cleaned_data["note"],
            door=Door.WEB,
            now=visit.now,
        )
    except (LessonNotOver, NoGrounds, OwnCase, ClaimNoteTooLong, CreditSpentSince) as refusal:
        form.add_error("note" if isinstance(refusal, NoGrounds | ClaimNoteTooLong) else None, words_of(refusal))
        return render(request, "desk/absence.html", _context(case, visit, form), status=409)
    messages.success(request, gettext("Decided and recorded. Both sides were told."))
    return redirect("desk:absences", school=visit.school.slug)


def absence_words(case: DeskCase) -> str:
    """What the desk is asked in a case of its list of absences."""
    kind = DeskCase.Kind(case.kind)
    # Claims of both outweigh what the page saw; one side's claim has a case of its own kind.
    if kind is DeskCase.Kind.BOTH_CLAIM or case.claim_id is not None:
        return str(_KINDS[kind])
    return str(_NOT_ABSENT.get(case.note, _KINDS[kind]))


def _time_to_decide(lesson: Lesson, attendance: Attendance, timetable: Timetable, *, now: datetime) -> dict[str, Any]:
    """Whether something is on record, and until when nothing is recorded by itself: None once that has passed.

    `decide_from` is None once the desk can decide.
    A case in which both claim stays open after that; and so does what may be the fault of our own website.
    """
    by_itself_at = confirmed_until(lesson=lesson, attendance=attendance, timetable=timetable)
    return {
        "decide_from": None if desk_cases.can_be_decided(lesson=lesson, now=now) else lesson.ends_at,
        "is_recorded": lesson.status not in OPEN,
        "by_itself_at": by_itself_at if now < by_itself_at else None,
    }


def words_of_claim(claim: LessonClaim) -> str:
    """What the side says; of a lesson that moved more than once, to which time the student did not agree."""
    if claim.kind == LessonClaim.Kind.NOT_AGREED:
        assert claim.about_starts_at is not None, "an objection to a move is about the time it led to"
        at = format_moment(claim.about_starts_at, Reader.active())
        return gettext("The student says: I did not agree to the move to {at}").format(at=at)
    return str(_CLAIMS[Side(claim.side), LessonClaim.Kind(claim.kind)])


def list_said(lesson: Lesson, *, but_claim_id: int | None = None) -> list[tuple[LessonClaim | Added, str]]:
    """What both sides said of the lesson and added later, the earliest first, each with its words. Two statements."""
    claims = {one.pk: one for one in claiming.list_claims(school_id=lesson.school_id, lesson_id=lesson.pk)}
    events = list_of_lesson(school_id=lesson.school_id, lesson_id=lesson.pk, kinds=[EventKind.PROBLEM_REPORTED])
    said: list[tuple[LessonClaim | Added, str]] = [
        (claim, words_of_claim(claim)) for claim in claims.values() if claim.pk != but_claim_id
    ]
    said += [
        (Added(made_at=event.at, note=event.reason), words_of_claim(claims[event.values[ADDS_TO]]))
        for event in events
        if ADDS_TO in event.values
    ]
    return sorted(said, key=lambda one: one[0].made_at)


def _context(case: DeskCase, visit: access.Visit, form: VerdictForm) -> dict[str, Any]:
    lesson = case.lesson
    timetable = get_timetable(school_id=lesson.school_id)
    attendance = attending.find_attendance(lesson=lesson, now=visit.now)
    return {
        "case": case,
        "lesson": lesson,
        "form": form,
        "has_problems": form.is_bound,
        "what": absence_words(case),
        "finding": FINDINGS.get(case.note, ""),
        **_time_to_decide(lesson, attendance, timetable, now=visit.now),
        "attendance": attendance,
        "downtimes": list_downtimes(since=lesson.starts_at - JOIN_EARLY, until=lesson.ends_at),
        "claims": list_said(lesson),
    }
