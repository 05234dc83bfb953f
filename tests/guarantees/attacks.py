"""One attack per guarantee, in plain SQL. What the catalog can derive (keys, written-once tables) is derived."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from tests.guarantees import attacks_on_pauses, attacks_on_telling, catalog, world
from tests.guarantees.bad_rows import BAD_ROWS, LATER, SAMPLES
from tests.guarantees.catalog import Connection, Guarantee
from tests.guarantees.world import Ids

Attack = Callable[[Connection, Ids], None]


def attack_on(guarantee: Guarantee) -> Attack:
    """Return what tries to break `guarantee`. Raises KeyError when nobody wrote an attack on it."""
    if guarantee.name in BAD_ROWS:
        row, changes = BAD_ROWS[guarantee.name]
        return _copying(guarantee.table, row, changes)
    if guarantee.name in DEEDS:
        return DEEDS[guarantee.name]
    sample = SAMPLES.get(guarantee.table, "")
    if guarantee.kind in "ui":
        return _copying(guarantee.table, sample, {})
    if guarantee.kind == "f":
        return _pointing_elsewhere(guarantee, sample)
    if guarantee.kind == "c" and guarantee.name.endswith("_check") and len(guarantee.columns) == 1:
        return _copying(guarantee.table, sample, {guarantee.columns[0]: -1})
    if guarantee.kind == "t" and guarantee.columns[0] == "makegood_refuse_change":
        return _rewriting(guarantee)
    raise KeyError(guarantee.name)


def _copying(table: str, row: str, changes: dict[str, Any]) -> Attack:
    def attack(connection: Connection, ids: Ids) -> None:
        named = {
            column: ids[value] if column.endswith("_id") and isinstance(value, str) and value in ids else value
            for column, value in changes.items()
        }
        if table == "makegood_quote":
            named["id"] = uuid4()
        where = f"{table}.id = '{ids[row]}'" if row else "true"
        catalog.copy_row(connection, table, where=where, changes=named)

    return attack


def _pointing_elsewhere(guarantee: Guarantee, sample: str) -> Attack:
    """A row of this school that points at a row of the other school, or at nothing."""
    pointer = next(column for column in reversed(guarantee.columns) if column != "currency")

    def attack(connection: Connection, ids: Ids) -> None:
        elsewhere = ids["there"].get(ELSEWHERE.get(pointer, pointer.removesuffix("_id")), 0)
        _copying(guarantee.table, sample, {pointer: 0 if pointer == "school_id" else elsewhere})(connection, ids)

    return attack


# Columns that are not named after a row of the world.
ELSEWHERE = {
    "membership_id": "teacher", "lesson_id": "booked_lesson", "supersedes_id": "assessment",
    "decided_by_id": "reviewer",
    "on_behalf_of_id": "teacher", "debit_id": "teacher_account", "credit_id": "school_account",
    "reverses_id": "transfer", "recipient_id": "student", "again_of_id": "message",
    "actor_id": "nobody", "person_id": "nobody", "reported_by_id": "nobody", "withdrawn_by_id": "nobody",
    "granted_by_id": "nobody", "ended_by_id": "nobody", "invited_by_id": "nobody", "published_by_id": "nobody",
    "keeps_time_for_id": "booked_lesson", "undoes_id": "move", "asked_by_id": "teacher", "member_id": "teacher",
    "hold_id": "held_lesson", "series_id": "series", "move_request_id": "move_request", "claim_id": "claim",
    "grant_id": "grant", "set_by_id": "nobody", "made_by_id": "nobody", "released_by_id": "nobody",
    "corrected_by_id": "nobody",
    "warning_id": "freshness_warning", "pause_id": "matching_pause", "lifted_by_id": "nobody",
    "moved_by_id": "nobody", "answered_by_id": "nobody", "opened_by_id": "nobody",
}  # fmt: skip


def _rewriting(guarantee: Guarantee) -> Attack:
    column = "recorded_at" if guarantee.table in catalog.TABLES_WITHOUT_A_SCHOOL else "school_id"
    statement = {
        "UPDATE": f"UPDATE {guarantee.table} SET {column} = {column}",
        "DELETE": f"DELETE FROM {guarantee.table}",
        "TRUNCATE": f"TRUNCATE {guarantee.table} CASCADE",
    }[guarantee.columns[-1]]
    return lambda connection, ids: _run(connection, statement)


def _run(connection: Connection, statement: str, *values: Any) -> None:
    connection.execute(statement.encode(), values or None)


def _changing(statement: str, row: str) -> Attack:
    return lambda connection, ids: _run(connection, statement, ids[row])


def _insert(table: str, make: Callable[[Ids], dict[str, Any]]) -> Attack:
    def attack(connection: Connection, ids: Ids) -> None:
        world.insert(connection, table, **make(ids))

    return attack


def decision_row(ids: Ids, **values: Any) -> dict[str, Any]:
    """Return the columns of the second decision on the incident; `values` override."""
    return {
        "school_id": ids["school"], "incident_id": ids["incident"], "number": 2, "decision": "waived", "reason": "r",
        "decided_at": "2026-11-13T00:00Z", "decided_by_id": ids["reviewer"], "door": "web", "request_id": uuid4(),
    } | values  # fmt: skip


def _revive_a_second_incident(connection: Connection, ids: Ids) -> None:
    world.insert(connection, "incidentdecision", **decision_row(ids, decision="voided"))
    second = world.incident_row(ids, lesson=ids["cancelled_lesson"], starts_at="2026-11-11T10:00Z")
    world.insert(connection, "incident", **second)
    world.insert(connection, "incidentdecision", **decision_row(ids, number=3, decision="upheld"))


def _revive_the_incident_of_a_taught_lesson(connection: Connection, ids: Ids) -> None:
    world.insert(connection, "incidentdecision", **decision_row(ids, decision="voided"))
    _run(
        connection,
        "UPDATE makegood_lesson SET status = 'taught', version = version + 1 WHERE id = %s",
        ids["cancelled_lesson"],
    )
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    connection.execute("SET CONSTRAINTS ALL DEFERRED")
    world.insert(connection, "incidentdecision", **decision_row(ids, number=3, decision="upheld"))


def _quote_of_another_lesson(connection: Connection, ids: Ids) -> None:
    quote = world.insert(
        connection, "quote", id=uuid4(), school_id=ids["school"], lesson_id=ids["booked_lesson"],
        teacher_id=ids["teacher"], policy_version_id=ids["policy_version"], made_at="2026-11-11T09:55Z",
        valid_until="2026-11-11T10:05Z", facts_sha256=world.SHA256, prices=Jsonb({}),
    )  # fmt: skip
    world.add_assessment(connection, ids, number=3, supersedes_id=ids["later_assessment"], quote_id=quote)


def _overdraw(connection: Connection, ids: Ids) -> None:
    for number in (1, 2, 3):
        use = world.insert(
            connection, "credituse", school_id=ids["school"], lesson_id=ids["series_lesson"], number=number, credits=1,
            used_at="2026-11-02Z",
        )  # fmt: skip
        world.insert(connection, "transfer", **world.credit_row(ids, kind="credit_used", source=use))


def _keep_time_for_itself(connection: Connection, ids: Ids) -> None:
    # Its own id is known only after it was written, so it is written twice.
    new = world.add_lesson(connection, ids, **LATER)
    _run(connection, "UPDATE makegood_lesson SET keeps_time_for_id = id, version = version + 1 WHERE id = %s", new)


def _undo_itself(connection: Connection, ids: Ids) -> None:
    _run(connection, "UPDATE makegood_lessonmove SET undoes_id = id WHERE id = %s", ids["move"])


# Triggers: a deed that must be refused.
DEEDS: dict[str, Attack] = {
    **{name: _changing(statement, row) for name, (statement, row) in attacks_on_telling.STATEMENTS.items()},
    "a_lesson_keeps_no_time_for_itself": _keep_time_for_itself,
    "a_move_does_not_undo_itself": _undo_itself,
    "credits_are_not_overdrawn": _overdraw,
    "credits_are_taken_back_of_what_was_given": _copying(
        "makegood_creditcorrection", "credit_correction", {"number": 2}
    ),
    "a_move_starts_from_where_the_lesson_is": _insert(
        "lessonmove", lambda ids: world.move_row(ids, lesson_version=3, incident_id=None)
    ),
    "a_recorded_move_happened": _insert(
        "lessonmove",
        lambda ids: world.move_row(
            ids,
            lesson_version=3,
            incident_id=None,
            from_starts_at="2030-04-02T10:00Z",
            from_ends_at="2030-04-02T11:00Z",
            to_starts_at="2030-04-03T10:00Z",
            to_ends_at="2030-04-03T11:00Z",
        ),
    ),
    "a_recorded_release_happened": _insert(
        "lessonrelease", lambda ids: world.release_row(ids, lesson_id=ids["booked_lesson"])
    ),
    "a_move_is_asked_to_the_time_that_is_kept": _copying(
        "makegood_moverequest", "move_request", {"to_starts_at": "2030-03-05T09:30Z"}
    ),
    "presence_is_of_the_people_of_the_lesson": _copying("makegood_presencefact", "presence", {"side": "student"}),
    "a_claim_is_by_the_people_of_the_lesson": _copying("makegood_lessonclaim", "claim", {"member_id": "other_teacher"}),
    "deskcase_rows_are_only_stamped": _changing(
        "UPDATE makegood_deskcase SET kind = 'problem' WHERE id = %s", "desk_case"
    ),
    "lessons_take_only_allowed_steps": _changing(
        "UPDATE makegood_lesson SET status = 'booked', version = version + 1 WHERE id = %s", "cancelled_lesson"
    ),
    "a_new_lesson_tells_the_truth": lambda connection, ids: world.add_lesson(connection, ids, **LATER, status="missed"),
    "a_changed_lesson_tells_the_truth": _changing(
        "UPDATE makegood_lesson SET status = 'moved', version = version + 1 WHERE id = %s", "booked_lesson"
    ),
    "a_lesson_tells_of_its_incident": _insert(
        "incident",
        lambda ids: world.incident_row(
            ids, lesson=ids["booked_lesson"], starts_at="2030-01-07T10:00Z", reported_at=None
        ),
    ),
    "a_lesson_tells_of_a_decision": _revive_the_incident_of_a_taught_lesson,
    "an_incident_tells_its_lessons_facts": _insert(
        "incident",
        lambda ids: world.incident_row(ids, lesson=ids["taught_lesson"], starts_at="2026-11-10T10:01Z", kind="late"),
    ),
    "a_lesson_has_one_live_incident": _insert(
        "incident", lambda ids: world.incident_row(ids, lesson=ids["cancelled_lesson"], starts_at="2026-11-11T10:00Z")
    ),
    "a_decision_revives_no_second_incident": _revive_a_second_incident,
    "nobody_decides_an_own_case": _insert(
        "incidentdecision", lambda ids: decision_row(ids, decided_by_id=ids["teacher"])
    ),
    "an_incident_is_withdrawn_by_its_own_people": _insert(
        "incidentwithdrawal",
        lambda ids: {
            "school_id": ids["school"],
            "incident_id": ids["incident"],
            "withdrawn_at": "2026-11-11T10:05Z",
            "withdrawn_by_id": ids["student_person"],
            "door": "web",
        },
    ),
    "an_assessment_supersedes_the_latest": lambda connection, ids: world.add_assessment(
        connection, ids, number=4, supersedes_id=ids["later_assessment"]
    ),
    "an_assessment_honors_a_quote_of_its_lesson": _quote_of_another_lesson,
    "a_consequence_is_for_the_teacher_of_its_incident": _copying(
        "makegood_consequence", "consequence", {"teacher_id": "other_teacher"}
    ),
    "policy_versions_follow_each_other": _copying(
        "makegood_policyversion", "policy_version", {"number": 3, "in_force_from_on": "2030-01-01"}
    ),
    "closed_periods_take_no_postings": _insert(
        "transfer",
        lambda ids: world.penalty_row(ids, assessment=ids["later_assessment"], period_id=ids["closed_period"]),
    ),
    "transfers_say_what_their_source_says": _insert(
        "transfer", lambda ids: world.penalty_row(ids, assessment=ids["later_assessment"], amount_minor=99)
    ),
    "messages_are_only_stamped": _changing("UPDATE makegood_message SET sent_at = now() WHERE id = %s", "message"),
    "pay_periods_are_only_closed": _changing(
        "UPDATE makegood_payperiod SET closed_at = NULL WHERE id = %s", "closed_period"
    ),
    "a_matching_pause_does_what_its_warning_said": _copying(
        "makegood_matchingpause", "matching_pause", {"starts_at": "2026-11-12T09:59Z", "ends_at": "2027-01-11T09:59Z"}
    ),
    "a_matching_pause_is_lifted_by_somebody_else": _copying(
        "makegood_matchingpauselift", "matching_pause_lift", {"lifted_by_id": "teacher_person"}
    ),
    "holiday_rows_are_only_stamped": _changing(
        "UPDATE makegood_holiday SET day_on = '2026-12-26' WHERE id = %s", "holiday"
    ),
    "role_grants_are_only_ended": _changing("UPDATE makegood_rolegrant SET role = 'owner' WHERE id = %s", "role_grant"),
    "invitations_are_only_accepted": _changing(
        "UPDATE makegood_invitation SET role = 'owner' WHERE id = %s", "invitation"
    ),
    "memberships_keep_their_person_and_code": _changing(
        "UPDATE makegood_membership SET code = 'x' WHERE id = %s", "teacher"
    ),
}

# Further ways to break the same guarantees.
FURTHER_DEEDS: list[tuple[str, str, Attack]] = [
    ("lessons_take_only_allowed_steps", "a lesson moves without a record", _changing(
        "UPDATE makegood_lesson SET starts_at = starts_at + interval '1 minute', version = version + 1 WHERE id = %s",
        "booked_lesson")),
    ("lessons_take_only_allowed_steps", "a booking is released without a record", _changing(
        "UPDATE makegood_lesson SET status = 'released', version = version + 1 WHERE id = %s", "booked_lesson")),
    ("lessons_take_only_allowed_steps", "a released lesson is booked after all", _changing(
        "UPDATE makegood_lesson SET status = 'booked', version = version + 1 WHERE id = %s", "released_lesson")),
    ("a_teacher_has_no_overlapping_live_lessons", "a held time is booked for somebody else", lambda connection, ids:
        world.add_lesson(connection, ids, starts_at="2030-03-05T10:30Z", ends_at="2030-03-05T11:30Z", student_id=None)),
    ("transfers_say_what_their_source_says", "pay is posted again and was not taken back", _insert(
        "transfer", lambda ids: world.penalty_row(
            ids, assessment=ids["taught_lesson"], kind="lesson_pay", amount_minor=1000, number=2))),
    ("transfers_say_what_their_source_says", "more credits than were bought", _insert(
        "transfer", lambda ids: world.credit_row(
            ids, kind="credit_used", source=ids["credit_use"], amount_minor=2))),
    ("transfers_say_what_their_source_says", "more credits than a correction takes", _insert(
        "transfer", lambda ids: world.credit_row(
            ids, kind="credit_taken_back", source=ids["credit_correction"], amount_minor=2))),
    ("a_move_starts_from_where_the_lesson_is", "it counts by an incident of another lesson", _insert(
        "lessonmove", lambda ids: world.move_row(
            ids, lesson_version=3, incident_id=ids["incident"], from_starts_at="2030-04-02T10:00Z",
            from_ends_at="2030-04-02T11:00Z", to_starts_at="2030-04-03T10:00Z", to_ends_at="2030-04-03T11:00Z"))),
    ("a_move_is_asked_to_the_time_that_is_kept", "it is kept for another lesson", _copying(
        "makegood_moverequest", "move_request", {
            "lesson_id": "booked_lesson", "from_starts_at": "2030-01-07T10:00Z",
            "from_ends_at": "2030-01-07T11:00Z"})),
    ("a_move_is_asked_to_the_time_that_is_kept", "the lesson is at another time", _copying(
        "makegood_moverequest", "move_request", {"from_starts_at": "2030-03-04T09:00Z"})),
    ("a_move_is_asked_to_the_time_that_is_kept", "a student asks the student", _copying(
        "makegood_moverequest", "move_request", {"asked_by_id": "student"})),
    ("a_move_is_asked_to_the_time_that_is_kept", "somebody else of the school asks", _copying(
        "makegood_moverequest", "move_request", {"asked_by_id": "other_teacher"})),
    ("a_matching_pause_does_what_its_warning_said", "it lasts longer", _copying(
        "makegood_matchingpause", "matching_pause", {"starts_at": "2026-11-21Z", "ends_at": "2027-01-20T00:01Z"})),
    ("a_matching_pause_does_what_its_warning_said", "somebody else was warned", _copying(
        "makegood_matchingpause", "matching_pause", {
            "teacher_id": "other_teacher", "starts_at": "2026-11-21Z", "ends_at": "2027-01-20Z"})),
    ("a_matching_pause_does_what_its_warning_said", "another one runs", lambda connection, ids: (
        world.insert(connection, "matchingpause", **attacks_on_pauses.pause_row(
            ids, starts_at="2026-11-19Z", ends_at="2027-01-18Z", warning_id=world.insert(
                connection, "freshnesswarning", **attacks_on_pauses.warning_row(ids, number=2)))), None)[1]),
    ("a_matching_pause_is_lifted_by_somebody_else", "it is over", _copying(
        "makegood_matchingpauselift", "matching_pause_lift", {"lifted_at": "2027-01-11T10:00Z"})),
    ("lessons_take_only_allowed_steps", "a stale write", _changing(
        "UPDATE makegood_lesson SET title = 'stale' WHERE id = %s", "booked_lesson")),
    ("lessons_take_only_allowed_steps", "a taught lesson is booked again", _changing(
        "UPDATE makegood_lesson SET status = 'booked', version = version + 1 WHERE id = %s", "taught_lesson")),
    ("lessons_take_only_allowed_steps", "a lesson with an incident changes hands", lambda connection, ids: _run(
        connection, "UPDATE makegood_lesson SET teacher_id = %s, version = version + 1 WHERE id = %s",
        ids["other_teacher"], ids["cancelled_lesson"])),
    ("an_incident_tells_its_lessons_facts", "another teacher", _insert(
        "incident", lambda ids: world.incident_row(
            ids, lesson=ids["taught_lesson"], starts_at="2026-11-10T10:00Z", kind="late",
            teacher_id=ids["other_teacher"]))),
    ("an_incident_tells_its_lessons_facts", "reported in the future", _insert(
        "incident", lambda ids: world.incident_row(
            ids, lesson=ids["withdrawn_lesson"], starts_at="2030-02-07T10:00Z", kind="late",
            reported_at="2030-02-07T09:00Z"))),
    ("nobody_decides_an_own_case", "the student", _insert(
        "incidentdecision", lambda ids: decision_row(ids, decided_by_id=ids["student"]))),
    ("nobody_decides_an_own_case", "a gap in the numbers", _insert(
        "incidentdecision", lambda ids: decision_row(ids, number=3))),
    ("an_assessment_supersedes_the_latest", "an older one is superseded", lambda connection, ids:
        world.add_assessment(connection, ids, number=3, supersedes_id=ids["assessment"])),
    ("an_assessment_supersedes_the_latest", "a quote of another lesson", _quote_of_another_lesson),
    ("the_steps_add_up_to_the_penalty", "a broken chain", lambda connection, ids: world.add_assessment(
        connection, ids, number=3, supersedes_id=ids["later_assessment"],
        steps=Jsonb([{"before_minor": 0, "after_minor": 300}, {"before_minor": 200, "after_minor": 100}]))),
    ("the_steps_add_up_to_the_penalty", "no steps", lambda connection, ids: world.add_assessment(
        connection, ids, number=3, supersedes_id=ids["later_assessment"], steps=Jsonb([]))),
    ("transfers_say_what_their_source_says", "another teacher pays", _insert(
        "transfer", lambda ids: world.penalty_row(
            ids, assessment=ids["later_assessment"], debit_id=ids["other_teacher_account"]))),
    ("transfers_say_what_their_source_says", "no such assessment", _insert(
        "transfer", lambda ids: world.penalty_row(ids, assessment=0))),
    ("transfers_say_what_their_source_says", "pay of a lesson in a wrong amount", _insert(
        "transfer", lambda ids: world.penalty_row(
            ids, assessment=ids["taught_lesson"], kind="lesson_pay", amount_minor=999))),
    ("transfers_say_what_their_source_says", "a reversal of a part", lambda connection, ids: (
        world.insert(connection, "transfer", **world.reversal_row(
            ids, reverses_id=world.insert(
                connection, "transfer", **world.penalty_row(ids, assessment=ids["later_assessment"])),
            source=ids["later_assessment"], amount_minor=50)), None)[1]),
    ("transfers_say_what_their_source_says", "a reversal the wrong way round", lambda connection, ids: (
        world.insert(connection, "transfer", **world.reversal_row(
            ids, reverses_id=world.insert(
                connection, "transfer", **world.penalty_row(ids, assessment=ids["later_assessment"])),
            source=ids["later_assessment"], debit_id=ids["teacher_account"], credit_id=ids["school_account"])),
        None)[1]),
    ("messages_are_only_stamped", "another text", _changing(
        "UPDATE makegood_message SET kind = 'other' WHERE id = %s", "message")),
    ("pay_periods_are_only_closed", "other days", _changing(
        "UPDATE makegood_payperiod SET starts_on = starts_on - 1 WHERE id = %s", "closed_period")),
    ("policy_versions_follow_each_other", "in force before the one before", _copying(
        "makegood_policyversion", "policy_version",
        {"number": 2, "in_force_from_on": "2026-10-01", "published_at": "2026-09-01Z"})),
]  # fmt: skip
