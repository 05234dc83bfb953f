"""One attack per guarantee, in plain SQL. What the catalog can derive (keys, written-once tables) is derived."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from tests.guarantees import catalog, world
from tests.guarantees.catalog import Connection, Guarantee
from tests.guarantees.world import Ids

Attack = Callable[[Connection, Ids], None]

LATER = {"starts_at": "2031-01-07T10:00Z", "ends_at": "2031-01-07T11:00Z"}
LATER_ROW = LATER | {"blocked": "[2031-01-07T10:00Z,2031-01-07T11:00Z)", "external_id": None}

# Checks: a copy of a good row with these changes must be refused.
BAD_ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "a_school_slug_is_lower_case_and_short": ("school", {"slug": "Not a slug"}),
    "a_member_leaves_after_joining": ("teacher", {"ended_at": "2020-01-01Z"}),
    "role_is_one_of_the_seven": ("role_grant", {"role": "king"}),
    "a_role_ends_after_it_was_granted": ("role_grant", {"ended_at": "2020-01-01Z"}),
    "a_lesson_ends_after_it_starts": ("booked_lesson", {"ends_at": "2030-01-07T10:00Z"}),
    "a_lesson_lasts_at_most_a_day": ("booked_lesson", {"ends_at": "2030-01-08T10:01Z"}),
    "a_lesson_blocks_a_half_open_range": ("booked_lesson", {"blocked": "[2030-01-07T10:00Z,2030-01-07T11:00Z]"}),
    "a_lesson_blocks_at_least_its_own_time": ("booked_lesson", {"blocked": "[2030-01-07T10:00Z,2030-01-07T10:59Z)"}),
    "lesson_status_is_known": ("booked_lesson", {"status": "maybe"}),
    "lesson_pay_has_a_currency": ("booked_lesson", {"currency": None}),
    "lesson_pay_is_not_negative": ("booked_lesson", {"pay_minor": -1}),
    "lesson_currency_is_an_iso_code": ("booked_lesson", {"currency": "usd"}),
    "taught_minutes_fit_the_lesson": ("booked_lesson", {"taught_minutes": 61}),
    "a_lesson_is_not_its_teachers_own": ("booked_lesson", {"student_id": "teacher"}),
    "lesson_versions_start_at_one": ("booked_lesson", {"version": 0}),
    "incident_kind_is_known": ("incident", {"kind": "forgotten"}),
    "incident_requester_is_known": ("incident", {"requested_by": "nobody"}),
    "incident_door_is_known": ("incident", {"door": "window"}),
    "incident_situation_is_one_of_three": ("incident", {"situation": 4}),
    "incident_minutes_are_within_a_day": ("incident", {"lesson_minutes": 1441}),
    "incident_taught_minutes_fit_the_lesson": ("incident", {"taught_minutes": 61}),
    "incident_pay_has_a_currency": ("incident", {"currency": None}),
    "incident_pay_is_not_negative": ("incident", {"lesson_pay_minor": -1}),
    "incident_currency_is_an_iso_code": ("incident", {"currency": "US"}),
    "incident_is_reported_within_a_year_of_the_lesson": ("incident", {"reported_at": "2025-11-09T10:00Z"}),
    "a_claimed_time_is_before_the_receipt": ("incident", {"claimed_reported_at": "2026-11-11T10:01Z"}),
    "an_incident_has_a_reference": ("incident", {"reference": ""}),
    "decision_is_known": ("decision", {"decision": "forgiven"}),
    "a_decision_has_a_reason": ("decision", {"reason": ""}),
    "decision_door_is_known": ("decision", {"door": "window"}),
    "decision_numbers_start_at_one": ("decision", {"number": 0}),
    "withdrawal_door_is_known": ("withdrawal", {"door": "window"}),
    "a_quote_holds_for_a_while": ("quote", {"valid_until": "2026-11-11T09:55Z"}),
    "a_quote_knows_its_facts": ("quote", {"facts_sha256": "?"}),
    "assessment_numbers_start_at_one": ("assessment", {"number": 0}),
    "only_the_first_assessment_supersedes_nothing": ("later_assessment", {"supersedes_id": None}),
    "penalty_is_not_negative": ("assessment", {"penalty_minor": -1}),
    "a_penalty_has_a_currency": ("assessment", {"currency": None}),
    "penalty_currency_is_an_iso_code": ("assessment", {"currency": "$"}),
    "assessment_bands_are_known": ("assessment", {"band": "rather_late"}),
    "the_steps_add_up_to_the_penalty": ("assessment", {"penalty_minor": 99}),
    "consequence_kind_is_known": ("consequence", {"kind": "prison"}),
    "a_consequence_ends_after_it_starts": ("consequence", {"ends_at": "2026-11-11T10:00Z"}),
    "account_kind_is_known": ("school_account", {"kind": "petty_cash"}),
    "account_currency_is_an_iso_code": ("school_account", {"currency": "usd"}),
    "teacher_accounts_have_an_owner_and_school_accounts_none": ("teacher_account", {"membership_id": None}),
    "a_transfer_is_positive": ("transfer", {"amount_minor": 0}),
    "a_transfer_has_two_accounts": ("transfer", {"credit_id": "teacher_account"}),
    "transfer_kind_is_known": ("transfer", {"kind": "gift"}),
    "transfer_currency_is_an_iso_code": ("transfer", {"currency": "usd"}),
    "reversals_and_only_they_name_what_they_reverse": ("reversal", {"reverses_id": None}),
    "a_pay_period_has_days": ("period", {"ends_on": "2026-11-01"}),
    "pay_periods_of_a_school_do_not_overlap": ("period", {"starts_on": "2026-11-30", "ends_on": "2026-12-31"}),
    "a_policy_version_starts_with_a_month": ("policy_version", {"in_force_from_on": "2026-10-02"}),
    "later_policy_versions_start_in_the_future": ("policy_version", {"number": 2}),
    "a_policy_version_knows_its_document": ("policy_version", {"document_sha256": "?"}),
    "policy_version_numbers_start_at_one": ("policy_version", {"number": 0, "in_force_from_on": "2026-12-01"}),
    "event_door_is_known": ("event", {"door": "window"}),
    "an_event_has_a_kind": ("event", {"kind": ""}),
    "message_channel_is_known": ("message", {"channel": "pigeon"}),
    "a_message_is_sent_or_failed_not_both": ("message", {"failed_at": "2026-11-11T10:02Z"}),
    "an_answered_request_is_known_by_its_content": ("idempotency_key", {"request_sha256": "?"}),
    "a_teacher_has_no_overlapping_live_lessons": (
        "booked_lesson",
        {"student_id": None, "blocked": "[2030-01-07T09:30Z,2030-01-07T11:30Z)"},
    ),
    "a_student_has_no_overlapping_live_lessons": ("booked_lesson", {"teacher_id": "other_teacher"}),
}  # fmt: skip

# A good row of each table, for what is derived from the catalog.
SAMPLES = {
    "makegood_school": "school", "makegood_person": "teacher_person", "makegood_membership": "teacher",
    "makegood_rolegrant": "role_grant", "makegood_invitation": "invitation", "makegood_lesson": "booked_lesson",
    "makegood_incident": "incident", "makegood_incidentdecision": "decision",
    "makegood_incidentwithdrawal": "withdrawal", "makegood_quote": "quote",
    "makegood_assessment": "later_assessment", "makegood_consequence": "consequence",
    "makegood_consequenceend": "consequence_end", "makegood_account": "teacher_account",
    "makegood_transfer": "reversal", "makegood_payperiod": "period", "makegood_policyversion": "policy_version",
    "makegood_event": "event", "makegood_message": "message", "makegood_deliveryattempt": "delivery_attempt",
    "makegood_idempotencykey": "idempotency_key",
}  # fmt: skip


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
    "reverses_id": "transfer", "recipient_id": "student",
    "actor_id": "nobody", "person_id": "nobody", "reported_by_id": "nobody", "withdrawn_by_id": "nobody",
    "granted_by_id": "nobody", "ended_by_id": "nobody", "invited_by_id": "nobody", "published_by_id": "nobody",
}  # fmt: skip


def _rewriting(guarantee: Guarantee) -> Attack:
    statement = {
        "UPDATE": f"UPDATE {guarantee.table} SET school_id = school_id",
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


# Triggers: a deed that must be refused.
DEEDS: dict[str, Attack] = {
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
