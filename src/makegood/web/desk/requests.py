"""What people ask the desk for about a lesson: the list by time to the lesson, and one request that is ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.correction_steps import CorrectionPreview, NothingToCorrect
from makegood.actions.end_desk_case import (
    ENDING_ROLES,
    EffectsChanged,
    NoEndingReason,
    OutcomeDoesNotFit,
    OwnMove,
    OwnRequest,
    end_desk_case,
    is_own_move,
)
from makegood.actions.preview_correction import find_correction_preview
from makegood.domain.incidents.checks import NoteTooLong, NoteUnreadable
from makegood.domain.lessons import attending, desk_cases
from makegood.domain.lessons.desk_cases import (
    DeskCaseNotFound,
    Outcome,
    is_about_cancellation,
    outcomes_of,
    word_of_outcome,
)
from makegood.domain.lessons.models import DeskCase
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import MOVED_BY_DESK, EventKind
from makegood.domain.timeline.queries import find_ending, find_of_case, list_of_lesson
from makegood.domain.timeline.requests import DifferentRequest
from makegood.reports.way_back import find_counted, find_way_back
from makegood.rules.facts import ConsequenceKind, RequestedBy
from makegood.rules.storing import values_from_json
from makegood.web import access
from makegood.web.desk import from_request
from makegood.web.desk.absences import list_said
from makegood.web.desk.cancelling import is_own_of
from makegood.web.parts import components as c
from makegood.web.parts.change_forms import SentOnce
from makegood.web.parts.count_effects import list_rows
from makegood.web.parts.instants import START_FORMAT
from makegood.web.parts.words import consequence_words
from makegood.web.refusals import words_of
from makegood.wording import Reader, word_text

ENDED_SHOWN: Final = 30
REASON_LENGTH: Final = 1000
KINDS: Final[Mapping[DeskCase.Kind, Promise]] = {
    DeskCase.Kind.NOT_ASKED: _("“I did not ask for this”"),
    DeskCase.Kind.NOT_AGREED: _("“I did not agree to this move”"),
    DeskCase.Kind.PROBLEM: _("A problem in a session"),
    DeskCase.Kind.NEEDS_NEW_TIME: _("A session needs another time"),
    DeskCase.Kind.OUTSIDE_AVAILABILITY: _("A session outside the open times"),
}
_OUTCOMES: Final[Mapping[Outcome, Promise]] = {
    Outcome.ACCEPTED: _("Accept: the student did not ask. The session counts as cancelled by the teacher."),
    Outcome.REJECTED: _("Reject: it stays as it was recorded."),
    Outcome.SETTLED: _("I looked into it, and it is settled."),
    Outcome.NOTHING_TO_DO: _("There was nothing to do."),
}
_OUTCOMES_OF_MOVE: Final[Mapping[Outcome, Promise]] = {
    **_OUTCOMES,
    Outcome.ACCEPTED: _("Accept: the student did not agree. Moving the session back comes next, on its own page."),
}


class EndForm(SentOnce):
    """What came of a request, and why."""

    outcome = forms.ChoiceField(
        choices=[(one.value, words) for one, words in _OUTCOMES.items()],
        widget=forms.RadioSelect,
        label=_("What came of it?"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what came of it.")),
    )
    reason = forms.CharField(
        max_length=REASON_LENGTH,
        label=_("Reason"),
        help_text=_("The teacher and the student read it. Say what you found and why you decide so."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Say why you end it this way. The teacher and the student will read it."),
            "max_length": _("The note is too long. Shorten it to %(limit_value)d characters."),
            "null_characters_not_allowed": _(
                "The reason contains a character that cannot be stored. Type it again instead of pasting it."
            ),
        },
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    def offer(self, case: DeskCase) -> None:
        """Offer the outcomes of such a request only."""
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        said = _OUTCOMES_OF_MOVE if case.move is not None else _OUTCOMES
        field.choices = [(one.value, said[one]) for one in outcomes_of(case)]


@access.members(Role.DESK, Role.SUPPORT)
def requests(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """The open requests by time to the session, then those that ended last."""
    kinds = kinds_for(visit.role)
    asked = request.GET.get("kind", "")
    shown = [kind for kind in kinds if kind.value == asked] or kinds
    school_id = visit.school.pk
    context = {
        "rows": _rows(desk_cases.list_requests(school_id=school_id, kinds=shown, now=visit.now)),
        "ended": _rows(desk_cases.list_ended(school_id=school_id, kinds=shown, limit=ENDED_SHOWN)),
        "filters": [_filter(kinds, asked)] if len(kinds) > 1 else [],
    }
    return render(request, "desk/requests.html", context)


@access.members(Role.DESK, Role.SUPPORT, methods=access.READ_AND_WRITE)
def end_request(request: HttpRequest, visit: access.Visit, case_id: int) -> HttpResponseBase:
    """Show one request, or end it."""
    case = desk_cases.find_case(school_id=visit.school.pk, case_id=case_id)
    if case is None or case.kind not in kinds_for(visit.role):
        raise Http404
    if request.method != "POST":
        return _show(request, visit, case)
    form = EndForm(request.POST)
    form.offer(case)
    if not form.is_valid():
        return _show(request, visit, case, sent=form, status=422)
    return _end(request, visit, case, form)


def kinds_for(role: Role) -> list[DeskCase.Kind]:
    """The requests that this role ends, and sees."""
    return [kind for kind, roles in ENDING_ROLES.items() if role in roles]


def _end(request: HttpRequest, visit: access.Visit, case: DeskCase, form: EndForm) -> HttpResponseBase:
    values = form.cleaned_data
    try:
        end_desk_case(
            school=visit.school,
            actor=visit.membership,
            case_id=case.pk,
            outcome=values["outcome"],
            reason=values["reason"],
            seen=values["seen"],
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except EffectsChanged as changed:
        return _show(request, visit, case, sent=form, preview=changed.preview, status=409)
    except DeskCaseNotFound as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("desk:requests", school=visit.school.slug)
    except (NoEndingReason, NoteTooLong, NoteUnreadable) as refusal:
        form.add_error("reason", words_of(refusal))
        return _show(request, visit, case, sent=form, status=422)
    except (NothingToCorrect, OutcomeDoesNotFit) as refusal:
        form.add_error("outcome", words_of(refusal))
    except (OwnRequest, OwnMove, DifferentRequest) as refusal:
        form.add_error(None, words_of(refusal))
    else:
        messages.success(request, gettext("Ended and recorded. The teacher and the student were told."))
        # Where the student is to get the time back, its page leads on to that.
        return redirect("desk:request", school=visit.school.slug, case_id=case.pk)
    return _show(request, visit, case, sent=form, status=409)


def _show(
    request: HttpRequest,
    visit: access.Visit,
    case: DeskCase,
    *,
    sent: EndForm | None = None,
    preview: CorrectionPreview | None = None,
    status: int = 200,
) -> HttpResponseBase:
    lesson, kind = case.lesson, DeskCase.Kind(case.kind)
    school_id = visit.school.pk
    is_open, is_objection = case.ended_at is None, is_about_cancellation(case)
    if preview is None and is_open and is_objection:
        preview = find_correction_preview(school=visit.school, case=case, now=visit.now)
    seen = preview.seen if preview is not None else ""
    form = EndForm.shown(sent=sent, seen=seen)
    form.initial["seen"] = seen
    form.offer(case)
    has_begun = visit.now >= lesson.starts_at
    context: dict[str, Any] = {
        "case": case,
        "lesson": lesson,
        "is_desk": visit.role is Role.DESK,
        "what": KINDS[kind],
        # What an objection itself says stands in its case: the claim may be of an earlier move to the same time.
        "claims": list_said(lesson, but_claim_id=case.claim_id if case.move is not None else None),
        "asked": _asked(visit, case) if kind in {DeskCase.Kind.NOT_ASKED, DeskCase.Kind.NOT_AGREED} else None,
        "objected": gettext("The student says: I did not agree to this move") if case.move is not None else "",
        "attendance": attending.find_attendance(lesson=lesson, now=visit.now) if has_begun else None,
        "form": form,
        "has_problems": sent is not None and bool(sent.errors),
        "has_changed": sent is not None and status == 409 and not sent.errors,  # noqa: PLR2004 - the answer's status
        "is_objection": is_objection,
        "is_own_move": is_open and is_own_move(case=case, actor=visit.membership),
        "way_back": _way_back(visit, case),
        "counted": find_counted(school=visit.school, case=case),
        "preview": preview,
        "counts": list_rows(preview.counts, policy=preview.policy) if preview is not None else [],
        "started": _say(preview.started) if preview is not None else [],
        "stopped": _say(preview.ended) if preview is not None else [],
        "ending": None if is_open else find_ending(school_id=school_id, lesson_id=lesson.pk, desk_case_id=case.pk),
        "outcome": _outcome(case),
    }
    return render(request, "desk/request.html", context, status=status)


def _way_back(visit: access.Visit, case: DeskCase) -> dict[str, Any] | None:
    """The time that the student can get back, and the page on which the desk does it; None: none, or an own lesson."""
    found = None if is_own_of(visit, case.lesson) else find_way_back(school=visit.school, case=case, now=visit.now)
    if found is None:
        return None
    names = {"school": visit.school.slug}
    if found.is_move:
        url = reverse("desk:move_session", kwargs=names | {"lesson_id": case.lesson_id})
        # With the former time also where it cannot be chosen: the page says so.
        # The school's wish: whoever was moved against their word pays nothing for it.
        query = {"requested_by": RequestedBy.COMPANY.value, "starts_at": found.starts_at.strftime(START_FORMAT)}
    else:
        url = reverse("desk:book", kwargs=names | {"student_id": case.lesson.student_id})
        query = {"instead_of": str(case.lesson_id)} | ({"again": "on"} if found.is_free else {})
    query[from_request.NAME] = str(case.pk)
    return {"found": found, "url": f"{url}?{urlencode(query)}"}


def _asked(visit: access.Visit, case: DeskCase) -> dict[str, Any] | None:
    """What was put on record of the student's word: when, how it was given, and the note; None: no record.

    By the teacher when cancelling, by the desk when moving: of the very move that the student objects to (`move`).
    """
    school_id = visit.school.pk
    if case.move is not None:
        events = list_of_lesson(school_id=school_id, lesson_id=case.lesson_id, kinds=MOVED_BY_DESK)
        event = next((event for event in events if event.at == case.move.moved_at), None)
        note = case.move.reason
    elif case.incident is None:
        return None
    else:
        event = find_of_case(school_id=school_id, incident_id=case.incident.pk, kind=EventKind.CANCELLED_FOR_STUDENT)
        note = case.incident.note
    if event is None:
        return None
    way = str(values_from_json(event.values)["asked_by"])
    how = word_text(way, Reader.active())
    return {"at": event.at, "how": how, "note": note, "move": case.move}


def _rows(cases: Sequence[DeskCase]) -> list[dict[str, Any]]:
    return [{"case": case, "what": KINDS[DeskCase.Kind(case.kind)], "outcome": _outcome(case)} for case in cases]


def _outcome(case: DeskCase) -> str:
    if case.outcome is None:
        return ""
    return word_text(word_of_outcome(case, Outcome(case.outcome)), Reader.active())


def _filter(kinds: Sequence[DeskCase.Kind], asked: str) -> c.Filter:
    choices = [c.Choice(value="", label=gettext("All requests"), is_chosen=asked not in kinds)]
    choices += [c.Choice(value=kind.value, label=str(KINDS[kind]), is_chosen=kind.value == asked) for kind in kinds]
    return c.Filter(name="kind", label=gettext("Kind of request"), choices=choices)


def _say(found: Sequence[Any]) -> list[Any]:
    return [consequence_words(ConsequenceKind(one.kind), ends_at=one.ends_at) for one in found]
