"""What follows besides money, and what is counted for it."""

from __future__ import annotations

from typing import Final

from makegood.rules.facts import ConsequenceKind, Decision, Kind
from makegood.rules.plain_words.durations import say_hours
from makegood.rules.plain_words.shapes import Cell, Line, Section, Table, bullets, paragraph
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence, Wording, gettext_noop
from makegood.rules.settings.conduct import Deprioritized
from makegood.rules.settings.counting import BookedLessons, Cause, ConsequenceRule, Counter
from makegood.rules.windows import CALENDAR_MONTH, WEEK, find_rolling

_FOR_DAYS: Final = {
    ConsequenceKind.PAUSE_ACCOUNT: Wording(
        gettext_noop("Your account is paused for {count} day: no new bookings in that time."),
        gettext_noop("Your account is paused for {count} days: no new bookings in that time."),
    ),
    ConsequenceKind.DEPRIORITIZE: Wording(
        gettext_noop("For {count} day you come after other teachers when new students are matched."),
        gettext_noop("For {count} days you come after other teachers when new students are matched."),
    ),
    ConsequenceKind.PAUSE_MATCHING: Wording(
        gettext_noop("You are not matched with new students for {count} day."),
        gettext_noop("You are not matched with new students for {count} days."),
    ),
    ConsequenceKind.HOLD_SCHEDULE: Wording(
        gettext_noop("Your further schedule stays closed for {count} day."),
        gettext_noop("Your further schedule stays closed for {count} days."),
    ),
}
_FOR_HOURS: Final = {
    ConsequenceKind.PAUSE_ACCOUNT: Wording(
        gettext_noop("Your account is paused for {count} hour: no new bookings in that time."),
        gettext_noop("Your account is paused for {count} hours: no new bookings in that time."),
    ),
    ConsequenceKind.DEPRIORITIZE: Wording(
        gettext_noop("For {count} hour you come after other teachers when new students are matched."),
        gettext_noop("For {count} hours you come after other teachers when new students are matched."),
    ),
    ConsequenceKind.PAUSE_MATCHING: Wording(
        gettext_noop("You are not matched with new students for {count} hour."),
        gettext_noop("You are not matched with new students for {count} hours."),
    ),
    ConsequenceKind.HOLD_SCHEDULE: Wording(
        gettext_noop("Your further schedule stays closed for {count} hour."),
        gettext_noop("Your further schedule stays closed for {count} hours."),
    ),
}
_UNTIL_RELEASED: Final = {
    ConsequenceKind.PAUSE_ACCOUNT: gettext_noop("Your account is paused until we open it again."),
    ConsequenceKind.HOLD_SCHEDULE: gettext_noop("Your further schedule stays closed until you answer us."),
    ConsequenceKind.DEPRIORITIZE: gettext_noop("You come after other teachers when new students are matched."),
    ConsequenceKind.PAUSE_MATCHING: gettext_noop("You are not matched with new students until we say so."),
    ConsequenceKind.REMATCH_STUDENT: gettext_noop("The student is matched with another teacher at once."),
    ConsequenceKind.WARN: gettext_noop("You get a warning."),
    ConsequenceKind.REVIEW_FOR_TERMINATION: gettext_noop(
        "A person looks at your agreement with us and talks to you. No machine ends it."
    ),
}
_COUNTED_KINDS: Final = {
    Kind.CANCELLED: gettext_noop("A lesson that you cancel counts."),
    Kind.RESCHEDULED: gettext_noop("A lesson that you move counts, unless the student asked for it."),
    Kind.NO_SHOW: gettext_noop("A lesson that you miss counts."),
    Kind.CUT_SHORT: gettext_noop("A lesson that stops too early counts, unless you told us before its scheduled end."),
    Kind.LATE: gettext_noop("A lesson that you start late counts."),
}


def write_follows(policy: Policy) -> Section:
    """Each consequence: its cause, then what happens."""
    heading = Sentence(gettext_noop("What else follows"))
    if not policy.consequences:
        return Section(
            code="what-follows", heading=heading, parts=(paragraph(Sentence(gettext_noop("Nothing but the penalty."))),)
        )
    table = Table(
        caption=Sentence(gettext_noop("What follows, and from what")),
        heads=(Sentence(gettext_noop("What happened")), Sentence(gettext_noop("What follows"))),
        rows=tuple((_say_cause(policy, rule), _say_effect(policy, rule)) for rule in policy.consequences),
    )
    counted = bullets(_say_counted(policy))
    return Section(code="what-follows", heading=heading, parts=(table, counted) if counted.lines else (table,))


def _say_cause(policy: Policy, rule: ConsequenceRule) -> Cell:
    counter = policy.counters.get(rule.counter) if rule.counter else None
    if rule.cause is Cause.COUNT and counter is not None and rule.at_count is not None:
        said = [say_reached(counter, rule.at_count)]
        if Decision.WAIVED in counter.decisions:
            said.append(Sentence(gettext_noop("Whatever the reasons: also those that cost nothing because of proof.")))
        return tuple(said)
    if rule.cause is Cause.NEVER_REPORTED:
        return (Sentence(gettext_noop("You miss a lesson and never tell us.")),)
    if rule.lesson_types == ("meet_your_teacher",):
        said = [Sentence(gettext_noop('You cancel, move or miss a "Meet your teacher" lesson.'))]
    else:
        types = ", ".join(rule.lesson_types)
        said = [Sentence(gettext_noop("You cancel, move or miss a lesson of these types: {types}."), {"types": types})]
    if Decision.WAIVED in rule.decisions:
        said.append(Sentence(gettext_noop("Whatever the reason.")))
    return tuple(said)


def say_reached(counter: Counter, at_count: int) -> Sentence:
    """That the count is reached, with its window."""
    if counter.window == CALENDAR_MONTH:
        return Sentence(gettext_noop("{count} or more in one calendar month."), {"count": at_count})
    if counter.window == WEEK:
        return Sentence(gettext_noop("{count} or more in one week."), {"count": at_count})
    rolling = find_rolling(counter.window)
    if rolling is not None and rolling.months:
        return Sentence(
            gettext_noop("{count} or more within {length} months."), {"count": at_count, "length": rolling.months}
        )
    length = rolling.days if rolling else 0
    return Sentence(gettext_noop("{count} or more within {length} days."), {"count": at_count, "length": length})


def _say_effect(policy: Policy, rule: ConsequenceRule) -> Cell:
    said = [say_effect(rule)]
    if rule.kind is ConsequenceKind.PAUSE_ACCOUNT and rule.booked_lessons is BookedLessons.DESK:
        said.append(
            Sentence(
                gettext_noop("The scheduling desk takes care of lessons already booked; losing them costs you nothing.")
            )
        )
    if rule.kind is ConsequenceKind.DEPRIORITIZE and policy.matching.deprioritized is Deprioritized.LAST_RESORT:
        said.append(Sentence(gettext_noop("You are proposed only when the other suitable teachers are full.")))
    return tuple(said)


def say_effect(rule: ConsequenceRule) -> Sentence:
    """What the consequence means for the teacher."""
    if rule.lasts_hours is not None and rule.kind in _FOR_DAYS:
        return say_hours(rule.lasts_hours, in_days=_FOR_DAYS[rule.kind], in_hours=_FOR_HOURS[rule.kind])
    return Sentence(_UNTIL_RELEASED[rule.kind])


def _say_counted(policy: Policy) -> list[Sentence | Line]:
    """What counts at all, said once for all counters, and what never does."""
    counters = tuple(policy.counters.values())
    if not counters:
        return []
    counted = {kind for counter in counters for kind in counter.kinds}
    said: list[Sentence | Line] = [Sentence(_COUNTED_KINDS[kind]) for kind in _COUNTED_KINDS if kind in counted]
    if Kind.CUT_SHORT not in counted:
        begun = gettext_noop("A lesson that has begun and stops too early does not count.")
        said.append(Line(Sentence(begun), bool(policy.source)))
    said.append(Sentence(gettext_noop("What the student, the school or the platform causes never counts.")))
    if not any(Decision.WAIVED in counter.decisions for counter in counters):
        said.append(Sentence(gettext_noop("What we accept as a reason that does not count is taken off again.")))
    rolling = next((found for counter in counters if (found := find_rolling(counter.window))), None)
    if rolling is not None:
        said.append(
            Line(
                Sentence(
                    gettext_noop(
                        "We look back from each lesson's start; older lessons drop out of the count by themselves."
                    )
                ),
                bool(policy.source),
            )
        )
    return said
