"""What was seen of a session that is not on record yet, what will be recorded, and until when its teacher has a say."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.lessons.judging import Finding
from makegood.domain.penalties.foreseeing import Foreseen
from makegood.quantities import Money
from makegood.rules.sentences import Sentence, Value

_BY_ITSELF: Final = {
    Finding.CUT_SHORT: gettext_noop(
        "Unless the scheduling desk decides otherwise, it is recorded after {until} as ended early, if that is clear."
    ),
    Finding.TEACHER_ABSENT: gettext_noop(
        "Unless the scheduling desk decides otherwise, it is recorded after {until} as missed by you, if that is clear."
    ),
    Finding.STUDENT_ABSENT: gettext_noop(
        "Unless the scheduling desk decides otherwise, it is recorded after {until} that your student was not there, "
        "if that is clear."
    ),
    Finding.UNCLEAR: gettext_noop("The scheduling desk decides what is recorded."),
}


def say_seen(foreseen: Foreseen) -> Sentence:
    """What the lesson page saw."""
    values: dict[str, Value] = {"taught": foreseen.taught_minutes, "minutes": foreseen.lesson.minutes}
    if foreseen.finding is Finding.TEACHER_ABSENT:
        return Sentence(gettext_noop("You were not seen there in time."))
    if foreseen.finding is Finding.STUDENT_ABSENT:
        return Sentence(gettext_noop("Your student was not seen."))
    if foreseen.is_over:
        return Sentence(gettext_noop("{taught} of {minutes} minutes were taught."), values)
    return Sentence(gettext_noop("You finished early: {taught} of {minutes} minutes were taught."), values)


def say_coming(foreseen: Foreseen, *, offers_report: bool = True) -> list[Sentence]:
    """What reporting it now would change (unless it is not offered), what is recorded otherwise, and what that costs.

    It is offered of no session in which the two did not meet.
    """
    door = _say_door(foreseen) if offers_report and foreseen.has_met else []
    said = [*door, Sentence(_BY_ITSELF[foreseen.finding], {"until": foreseen.by_itself_at})]
    if foreseen.penalty is not None and foreseen.finding is not Finding.STUDENT_ABSENT:
        said.append(_say_price(foreseen.penalty))
    return said


def _say_door(foreseen: Foreseen) -> list[Sentence]:
    if foreseen.is_over:
        return []
    if foreseen.reported_at is not None:
        return [Sentence(gettext_noop("You reported trouble in time."))]
    less = foreseen.penalty_if_reported
    if less is None or less == foreseen.penalty:
        return [Sentence(gettext_noop("If something stopped you, report it before the scheduled end."))]
    if less:
        return [Sentence(gettext_noop("Reported before the scheduled end, it costs {amount}."), {"amount": less})]
    return [Sentence(gettext_noop("Reported before the scheduled end, it costs nothing."))]


def _say_price(penalty: Money) -> Sentence:
    if penalty:
        return Sentence(gettext_noop("That would cost {amount}."), {"amount": penalty})
    return Sentence(gettext_noop("That would cost nothing."))
