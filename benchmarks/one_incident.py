"""How long one new incident takes for a teacher with a year of history, against zen-engine (GoRules).

Run with `./run bench one_incident`. Before anything is timed, every result is compared: the running history with
`assess`, and each form of the zen decision with both. zen prices one incident and is handed the counts of its windows;
the running history keeps the counts itself, takes the incident as recorded, and also says what happened to the
teacher's earlier incidents, what follows, and why. One process; the forms take turns in every round; medians of rounds.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import zen

from makegood.presets import load_preset
from makegood.rules.assess import assess
from makegood.rules.facts import Incident, Kind, RequestedBy
from makegood.rules.results import Assessed
from makegood.rules.running.changes import Change, History
from makegood.rules.running.opening import open_history
from makegood.rules.running.recounting import compare
from makegood.rules.running.tables import compile_policy
from makegood.rules.windows import month_start, week_start

POLICY = load_preset("25hoon", zone="Asia/Manila")
GRAPHS = Path(__file__).with_name("zen")
COUNTING = ("counting", "counting_from_times", "counting_in_function")
HANDED = ("tables", "table_and_expression", "one_table", "expression")
EARLIER = 47
IN_MONTH = 3
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
NEW_DAY = 353
NOTICES = (4000, 1500, 300, 90, 60, 59, 30, 10, 0, -5)
TARGETS = {"zen, counts handed to it": 2, "zen with trace": 5, "zen counting inside its request": 40}


# Wall and processor time, in microseconds.
Spent = tuple[float, float]


@dataclass
class Teacher:
    """A teacher's year, the new incident, and what zen is given for it."""

    year: list[Incident]
    new: Incident
    history: History
    handed: dict[str, Any]
    handed_for_month: list[dict[str, Any]]
    to_count: dict[str, Any]


def main() -> None:
    """Check, measure and report."""
    arguments = read_arguments()
    tables = compile_policy(POLICY)
    chance = random.Random(20261122)
    teachers = [invent(f"t{number}", tables, chance) for number in range(arguments.teachers)]
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {name: graph(name) for name in graph_names()}}})
    compared = check(teachers, engine)
    times = measure(teachers, engine, arguments)
    result = report(times, compared, arguments)
    print_table(result)
    Path(arguments.output).parent.mkdir(parents=True, exist_ok=True)
    Path(arguments.output).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def read_arguments() -> argparse.Namespace:
    """The options; the defaults are the ones that docs/performance.md reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teachers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--passes", type=int, default=20, help="passes over all teachers per round")
    parser.add_argument("--cold", action="store_true", help="change forms after every pass, not after every round")
    parser.add_argument("--output", default="artifacts/one_incident.json")
    return parser.parse_args()


def graph_names() -> list[str]:
    """The forms of the decision, by file name."""
    return sorted(path.stem for path in GRAPHS.glob("*.json"))


def graph(name: str) -> dict[str, Any]:
    """One form of the decision."""
    content: dict[str, Any] = json.loads((GRAPHS / f"{name}.json").read_text(encoding="utf-8"))
    return content


def invent(teacher: str, tables: Any, chance: random.Random) -> Teacher:
    """47 incidents of eleven months, 3 of the new one's month, and the new one."""
    days = sorted(chance.sample(range(330), EARLIER)) + sorted(chance.sample(range(337, NEW_DAY), IN_MONTH))
    year = [cancelled(teacher, number, day, chance) for number, day in enumerate(days)]
    new = cancelled(teacher, len(days), NEW_DAY, chance)
    whole = [*year, new]
    month = [one for one in year if month_of(one) == month_of(new) or week_of(one) == week_of(new)]
    return Teacher(
        year=year,
        new=new,
        history=open_history(POLICY, year, tables=tables),
        handed=hand(new, whole),
        handed_for_month=[hand(one, whole) for one in month],
        to_count={
            "notice_seconds": notice_seconds(new),
            "month": month_of(new),
            "week": week_of(new),
            "starts_at": new.lesson_starts_at.isoformat(),
            "history": [
                {"month": month_of(one), "week": week_of(one), "starts_at": one.lesson_starts_at.isoformat()}
                for one in year
            ],
        },
    )


def cancelled(teacher: str, number: int, day: int, chance: random.Random) -> Incident:
    """One cancelled lesson; everything that `25hoon` prices by notice, tier and multiplier."""
    starts_at = FIRST_DAY + timedelta(days=day, minutes=30 * chance.randrange(28))
    return Incident(
        incident=f"{teacher}-{number}",
        teacher=teacher,
        lesson_starts_at=starts_at,
        lesson_minutes=25,
        kind=Kind.CANCELLED,
        requested_by=RequestedBy.TEACHER,
        reported_at=starts_at - timedelta(minutes=chance.choice(NOTICES)),
    )


def month_of(one: Incident) -> int:
    """The month's number."""
    return month_start(one.lesson_starts_at.astimezone(POLICY.zone_info).date()).toordinal()


def week_of(one: Incident) -> int:
    """The week's number."""
    return week_start(one.lesson_starts_at.astimezone(POLICY.zone_info).date()).toordinal()


def notice_seconds(one: Incident) -> int:
    """How early it was reported."""
    assert one.reported_at is not None
    return int((one.lesson_starts_at - one.reported_at).total_seconds())


def hand(one: Incident, whole: Sequence[Incident]) -> dict[str, Any]:
    """What zen is given: the notice and the counts of the incident's windows."""
    return {
        "notice_seconds": notice_seconds(one),
        "month_count": sum(month_of(other) == month_of(one) for other in whole),
        "week_count": sum(week_of(other) == week_of(one) for other in whole),
    }


def check(teachers: Sequence[Teacher], engine: Any) -> dict[str, int]:
    """Compare everything with `assess`; a difference ends the run."""
    rows = different = 0
    for teacher in teachers:
        before, after = assess(teacher.year, POLICY), assess([*teacher.year, teacher.new], POLICY)
        expected = compare(teacher.new.incident, before, after)
        change = teacher.history.add(teacher.new)
        found = (change.penalty_minor, change.change_minor, *read(change), teacher.history.assessments())
        wanted = (expected.penalty_minor, expected.change_minor, *read(expected), after.assessments)
        teacher.history.remove(teacher.new.incident)
        differences = [found != wanted, *zen_differences(teacher, engine, after)]
        rows += len(differences)
        different += sum(differences)
    if different:
        raise SystemExit(f"{different} of {rows} results differ; nothing was timed.")
    return {"results_compared": rows, "different": different}


def zen_differences(teacher: Teacher, engine: Any, after: Assessed) -> list[bool]:
    """Whether each form of the decision prices the new incident and the earlier ones of its windows otherwise."""
    priced = {one.incident: one for one in after.assessments}
    new = priced[teacher.new.incident]
    near = [
        one for one in teacher.year if month_of(one) == month_of(teacher.new) or week_of(one) == week_of(teacher.new)
    ]
    asked = [(name, teacher.handed, new) for name in HANDED] + [(name, teacher.to_count, new) for name in COUNTING]
    for one, handed in zip(near, teacher.handed_for_month, strict=True):
        asked += [(name, handed, priced[one.incident]) for name in HANDED]
    return [
        engine.evaluate(name, given)["result"] != {"penalty_minor": one.penalty_minor, "band": one.band}
        for name, given, one in asked
    ]


def read(change: Change) -> tuple[object, ...]:
    """Every part of a change as finished values, sentences included."""
    return change.assessment, change.effects, change.consequences


def measure(teachers: Sequence[Teacher], engine: Any, arguments: argparse.Namespace) -> dict[str, list[Spent]]:
    """Microseconds per incident for each form, one figure per round: the median of its passes."""
    forms = all_forms(engine)
    names = list(forms)
    times: dict[str, list[Spent]] = {name: [] for name in names}
    gc.collect()
    gc.freeze()
    for turn in range(arguments.rounds + 1):
        passes: dict[str, list[Spent]] = {name: [] for name in names}
        for name in in_turn(names, turn=turn, passes=arguments.passes, is_cold=arguments.cold):
            passes[name].append(time_pass(forms[name], teachers))
        # The first turn only warms up.
        for name in names if turn else ():
            wall, processor = zip(*passes[name], strict=True)
            times[name].append((statistics.median(wall), statistics.median(processor)))
    return times


def in_turn(names: list[str], *, turn: int, passes: int, is_cold: bool) -> list[str]:
    """The forms in the order in which they run in one round; nobody is always first."""
    if is_cold:
        # Every pass finds the caches full of what the other forms have left there.
        return [name for start in range(passes) for name in names[start % len(names) :] + names[: start % len(names)]]
    start = turn % len(names)
    return [name for name in names[start:] + names[:start] for _pass in range(passes)]


def all_forms(engine: Any) -> dict[str, Callable[[Teacher], object]]:
    """What is timed: one call per teacher."""
    evaluate = engine.evaluate
    forms: dict[str, Callable[[Teacher], object]] = {
        "makegood, running": lambda teacher: teacher.history.add(teacher.new),
        "makegood, running, all sentences read": lambda teacher: read(teacher.history.add(teacher.new)),
        "makegood, assess the whole year": lambda teacher: assess([*teacher.year, teacher.new], POLICY),
    }
    for name in HANDED:
        forms[f"zen {name}"] = lambda teacher, name=name: evaluate(name, teacher.handed)  # type: ignore[misc]
        forms[f"zen {name}, trace"] = lambda teacher, name=name: evaluate(name, teacher.handed, {"trace": True})  # type: ignore[misc]
    for name in ("tables", "expression"):
        forms[f"zen {name}, new and earlier of its windows"] = lambda teacher, name=name: [  # type: ignore[misc]
            evaluate(name, teacher.handed),
            *[evaluate(name, handed) for handed in teacher.handed_for_month],
        ]
    for name in COUNTING:
        forms[f"zen {name}"] = lambda teacher, name=name: evaluate(name, teacher.to_count)  # type: ignore[misc]
    return forms


def time_pass(form: Callable[[Teacher], object], teachers: Sequence[Teacher]) -> Spent:
    """Wall and processor time of one call per teacher; what was added is removed again outside the clocks."""
    started, started_processor = time.perf_counter_ns(), time.process_time_ns()
    kept = [form(teacher) for teacher in teachers]
    processor = time.process_time_ns() - started_processor
    wall = time.perf_counter_ns() - started
    for teacher, outcome in zip(teachers, kept, strict=True):
        if not isinstance(outcome, dict | list | Assessed):
            teacher.history.remove(teacher.new.incident)
    return wall / len(teachers) / 1000, processor / len(teachers) / 1000


def report(times: dict[str, list[Spent]], compared: dict[str, int], arguments: argparse.Namespace) -> dict[str, Any]:
    """Medians of the rounds; ratios of processor time, round by round, so that others on the machine weigh little."""

    def ratio(name: str, to: str) -> float:
        return round(statistics.median(mine[1] / its[1] for mine, its in zip(times[name], times[to], strict=True)), 2)

    return {
        "teachers": arguments.teachers,
        "incidents_per_teacher": EARLIER + IN_MONTH,
        "rounds": arguments.rounds,
        "processors": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        **compared,
        "targets": TARGETS,
        "forms": {
            name: {
                "wall_us": round(statistics.median(wall for wall, _processor in values), 2),
                "processor_us": round(statistics.median(processor for _wall, processor in values), 2),
                "least_processor_us": round(min(processor for _wall, processor in values), 2),
                "most_processor_us": round(max(processor for _wall, processor in values), 2),
                "times_running": ratio(name, "makegood, running"),
                "times_running_all_read": ratio(name, "makegood, running, all sentences read"),
            }
            for name, values in times.items()
        },
    }


def print_table(result: dict[str, Any]) -> None:
    """One form per line."""
    print(f"{result['results_compared']:,} results compared, {result['different']} differ. ", end="")
    print(f"{result['teachers']} teachers with {result['incidents_per_teacher']} incidents, {result['rounds']} rounds.")
    heads = ("wall", "processor", "least", "most", "x running", "x all read")
    print("microseconds per new incident".ljust(48) + "".join(head.rjust(11) for head in heads))
    for name, row in result["forms"].items():
        print(name.ljust(48) + "".join(str(figure).rjust(11) for figure in row.values()))


if __name__ == "__main__":
    main()
