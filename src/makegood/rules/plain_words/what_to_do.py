"""What to do when: the situations a teacher can be in, and the door for each."""

from __future__ import annotations

from makegood.rules.plain_words.bands import list_priced_bands
from makegood.rules.plain_words.durations import say_count, say_minutes
from makegood.rules.plain_words.shapes import Cell, Section, Table, paragraph
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence, Wording, gettext_noop

_TELL_US = Sentence(gettext_noop("Report it on your dashboard, also from a phone. If you cannot sign in, call us."))


def write_what_to_do(policy: Policy) -> Section:
    """The situations in the order of urgency, each with what to do and what it means."""
    rows = (
        (
            _say_during(),
            (_TELL_US, Sentence(gettext_noop("Do it before the lesson's scheduled end."))),
            _during(policy),
        ),
        (_say_before(policy), (_TELL_US, Sentence(gettext_noop("Do it as soon as you know."))), _counts(policy)),
        (_say_well_before(policy), _SCHEDULING_DESK, _counts(policy)),
        (_say_student_asks(policy), _CANCEL_FOR_STUDENT, _NEVER_COUNTS),
        (_say_student_asks_late(policy), _TELL_DESK, _STUDENT_LATE),
    )
    table = Table(
        caption=Sentence(gettext_noop("Find your situation")),
        heads=(
            Sentence(gettext_noop("What is happening")),
            Sentence(gettext_noop("What to do")),
            Sentence(gettext_noop("What it means")),
        ),
        rows=rows,
    )
    lead = paragraph(
        Sentence(gettext_noop("Tell us first, explain later: the time of your first message is the time that counts.")),
        Sentence(gettext_noop("Emergencies are for emergencies, and we look at how often they are used.")),
    )
    return Section(
        code="what-to-do",
        heading=Sentence(gettext_noop("What to do when")),
        parts=(lead, table, paragraph(*_say_confirming(policy))),
    )


def _say_confirming(policy: Policy) -> list[Sentence]:
    said = []
    if policy.takes_money:
        said.append(Sentence(gettext_noop("You see the price before you confirm, and how it was worked out.")))
    if policy.reporting.undo_minutes:
        said.append(
            say_count(
                Wording(
                    gettext_noop("Reported by mistake? You can take it back within {count} minute."),
                    gettext_noop("Reported by mistake? You can take it back within {count} minutes."),
                ),
                policy.reporting.undo_minutes,
            )
        )
    return said


_SCHEDULING_DESK: Cell = (
    Sentence(gettext_noop("Contact the scheduling desk. It finds another time with you and the student.")),
)
_CANCEL_FOR_STUDENT: Cell = (
    Sentence(
        gettext_noop('Cancel the lesson for the student: on your dashboard, press the blue button "cancel session".')
    ),
)
_TELL_DESK: Cell = (Sentence(gettext_noop("Tell the scheduling desk that the student asked.")),)
_NEVER_COUNTS: Cell = (Sentence(gettext_noop("It never counts against you. The lesson is not paid.")),)
_STUDENT_LATE: Cell = (
    Sentence(gettext_noop("It never counts against you. The student's lesson is used, and you are paid.")),
)


def _say_during() -> Cell:
    return (
        Sentence(gettext_noop("Situation 1: during the lesson.")),
        Sentence(gettext_noop("It has begun, and a technical or connection problem stops you.")),
    )


def _say_before(policy: Policy) -> Cell:
    return (
        say_minutes(
            policy.reporting.mark_minutes,
            in_hours=Wording(
                gettext_noop("Situation 2: less than {count} hour before."),
                gettext_noop("Situation 2: less than {count} hours before."),
            ),
            in_minutes=Wording(
                gettext_noop("Situation 2: less than {count} minute before."),
                gettext_noop("Situation 2: less than {count} minutes before."),
            ),
        ),
        Sentence(gettext_noop("You cannot teach, for example because of sickness or a power outage.")),
    )


def _say_well_before(policy: Policy) -> Cell:
    return (
        say_minutes(
            policy.reporting.mark_minutes,
            in_hours=Wording(
                gettext_noop("Situation 3: {count} hour or more before."),
                gettext_noop("Situation 3: {count} hours or more before."),
            ),
            in_minutes=Wording(
                gettext_noop("Situation 3: {count} minute or more before."),
                gettext_noop("Situation 3: {count} minutes or more before."),
            ),
        ),
        Sentence(gettext_noop("You know already that you cannot teach.")),
    )


def _say_student_asks(policy: Policy) -> Cell:
    return (
        say_minutes(
            policy.students.cancel_free_minutes,
            in_hours=Wording(
                gettext_noop("The student asks you to cancel, {count} hour or more before."),
                gettext_noop("The student asks you to cancel, {count} hours or more before."),
            ),
            in_minutes=Wording(
                gettext_noop("The student asks you to cancel, {count} minute or more before."),
                gettext_noop("The student asks you to cancel, {count} minutes or more before."),
            ),
        ),
    )


def _say_student_asks_late(policy: Policy) -> Cell:
    del policy  # The mark was named in the row before.
    return (Sentence(gettext_noop("The student asks later than that, or does not come.")),)


def _during(policy: Policy) -> Cell:
    if policy.takes_money and policy.begun.in_time_band in list_priced_bands(policy):
        return _counts(policy)
    if policy.takes_money:
        return (Sentence(gettext_noop("No penalty, and it does not count. The lesson is not paid.")),)
    return (Sentence(gettext_noop("It does not count. The lesson is not paid.")),)


def _counts(policy: Policy) -> Cell:
    if policy.takes_money:
        return (
            Sentence(gettext_noop("It counts, and the sooner you tell us, the less it costs.")),
            Sentence(gettext_noop("With proof, the penalty may be lowered or taken away.")),
        )
    return (
        Sentence(gettext_noop("It counts, unless the reason is one that does not.")),
        Sentence(gettext_noop("Explain it to the scheduling team.")),
    )
