"""Two small schools with at least one row in every table, written by the product's own role in plain SQL."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.guarantees import attacks_on_desk_cases, attacks_on_pauses, attacks_on_telling

Ids = dict[str, Any]

SHA256 = "0" * 64
STEPS = Jsonb([
    {"rule": "notice_bands", "clause": "1", "because": {}, "before_minor": 0, "after_minor": 300},
    {"rule": "decision", "clause": "2", "because": {}, "before_minor": 300, "after_minor": 100},
])  # fmt: skip
NO_CAUSE = Jsonb({})


def insert(connection: psycopg.Connection[Any], table: str, **values: Any) -> Any:
    """Insert one row into `makegood_<table>` and return its id."""
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
        sql.Identifier(f"makegood_{table}"),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    row = connection.execute(statement, list(values.values())).fetchone()
    assert row is not None
    return row[0]


def set_school(connection: psycopg.Connection[Any], school: int | None) -> None:
    """Set the school of the running transaction; None: none."""
    connection.execute("SELECT set_config('makegood.school_id', %s, true)", ["" if school is None else str(school)])


def build_school(connection: psycopg.Connection[Any], *, slug: str) -> Ids:
    """Write one school in the open transaction and return the ids of its rows by name."""
    ids: Ids = {"slug": slug}
    ids["school"] = insert(
        connection, "school", slug=slug, name=slug, zone="Asia/Manila", language="en", desk_email="desk@example.org",
        desk_phone="", support_email="support@example.org", emergency_phone="", pays_teachers=True, is_demo=False,
        created_at="2026-09-01T00:00Z",
    )  # fmt: skip
    set_school(connection, ids["school"])
    _add_people(connection, ids)
    _add_policy_and_periods(connection, ids)
    _add_lessons(connection, ids)
    _add_incident(connection, ids)
    _add_booking(connection, ids)
    _add_ledger(connection, ids)
    _add_timeline(connection, ids)
    _add_availability(connection, ids)
    attacks_on_telling.add_rows(connection, ids, insert)
    attacks_on_pauses.add_rows(connection, ids, insert)
    return ids


def add_lesson(connection: psycopg.Connection[Any], ids: Ids, *, starts_at: str, ends_at: str, **values: Any) -> Any:
    """Write one booked lesson of the school's teacher and student; `values` override."""
    row = {
        "school_id": ids["school"], "teacher_id": ids["teacher"], "student_id": ids["student"],
        "starts_at": starts_at, "ends_at": ends_at, "blocked": f"[{starts_at},{ends_at})", "status": "booked",
        "lesson_type": "regular", "title": "", "pay_minor": 1000, "currency": "USD", "join_link": "",
        "booked_at": "2026-10-01T00:00Z", "version": 1,
    }  # fmt: skip
    return insert(connection, "lesson", **(row | values))


def incident_row(ids: Ids, *, lesson: Any, starts_at: str, **values: Any) -> dict[str, Any]:
    """Return the columns of an incident of the school's teacher about a one-hour lesson; `values` override."""
    return {
        "school_id": ids["school"], "reference": uuid4().hex[:12], "request_id": uuid4(), "lesson_id": lesson,
        "teacher_id": ids["teacher"], "kind": "cancelled", "requested_by": "teacher", "situation": 2,
        "lesson_starts_at": starts_at, "lesson_minutes": 60, "lesson_type": "regular", "lesson_pay_minor": 1000,
        "currency": "USD", "engagement": "", "country": "", "reported_at": starts_at, "taught_minutes": 0,
        "reason": "", "note": "", "door": "web", "reported_by_id": ids["teacher_person"],
    } | values  # fmt: skip


def _add_people(connection: psycopg.Connection[Any], ids: Ids) -> None:
    for role, name in {"teacher": "Tara", "student": "Sam", "reviewer": "Rhea", "other_teacher": "Tom"}.items():
        person = insert(
            connection, "person", password="!", email=f"{name}@{ids['slug']}.example", full_name=name, zone="UTC",
            language="en", is_active=True, is_demo=False, created_at="2026-09-01T00:00Z",
        )  # fmt: skip
        ids[f"{role}_person"] = person
        ids[role] = insert(
            connection, "membership", school_id=ids["school"], person_id=person, code=name, display_name=name,
            engagement="", country="", joined_at="2026-09-01T00:00Z",
        )  # fmt: skip
    ids["role_grant"] = insert(
        connection, "rolegrant", school_id=ids["school"], membership_id=ids["teacher"], role="teacher",
        granted_at="2026-09-01T00:00Z",
    )  # fmt: skip
    ids["invitation"] = insert(
        connection, "invitation", school_id=ids["school"], email="uma@example.org", role="teacher", token_hash=SHA256,
        invited_at="2026-09-01T00:00Z", expires_at="2026-10-01T00:00Z",
    )  # fmt: skip


def _add_policy_and_periods(connection: psycopg.Connection[Any], ids: Ids) -> None:
    ids["policy_version"] = insert(
        connection, "policyversion", school_id=ids["school"], number=1, name="25hoon", zone="Asia/Manila",
        document="", document_sha256=SHA256, in_force_from_on="2026-10-01", published_at="2026-11-02T00:00Z",
        change_note="",
    )  # fmt: skip
    ids["closed_period"] = insert(
        connection, "payperiod", school_id=ids["school"], starts_on="2026-10-01", ends_on="2026-11-01"
    )
    ids["period"] = insert(
        connection, "payperiod", school_id=ids["school"], starts_on="2026-11-01", ends_on="2026-12-01"
    )
    connection.execute("UPDATE makegood_payperiod SET closed_at = '2026-11-05Z' WHERE id = %s", [ids["closed_period"]])


def _add_lessons(connection: psycopg.Connection[Any], ids: Ids) -> None:
    for name, (starts_at, ends_at) in {
        "booked_lesson": ("2030-01-07T10:00Z", "2030-01-07T11:00Z"),
        "taught_lesson": ("2026-11-10T10:00Z", "2026-11-10T11:00Z"),
        "cancelled_lesson": ("2026-11-11T10:00Z", "2026-11-11T11:00Z"),
    }.items():
        ids[name] = add_lesson(connection, ids, starts_at=starts_at, ends_at=ends_at, external_id=name)
    connection.execute(
        "UPDATE makegood_lesson SET status = 'taught', version = 2 WHERE id = %s", [ids["taught_lesson"]]
    )


def _add_incident(connection: psycopg.Connection[Any], ids: Ids) -> None:
    row = incident_row(ids, lesson=ids["cancelled_lesson"], starts_at="2026-11-11T10:00Z", external_id="i1")
    ids["incident"] = insert(connection, "incident", **row)
    connection.execute(
        "UPDATE makegood_lesson SET status = 'cancelled', version = 2 WHERE id = %s", [ids["cancelled_lesson"]]
    )
    ids["decision"] = insert(
        connection, "incidentdecision", school_id=ids["school"], incident_id=ids["incident"], number=1,
        decision="reduced", reason="proof accepted", decided_at="2026-11-12T00:00Z", decided_by_id=ids["reviewer"],
        door="web", request_id=uuid4(),
    )  # fmt: skip
    ids["withdrawn_lesson"] = add_lesson(
        connection, ids, starts_at="2030-02-07T10:00Z", ends_at="2030-02-07T11:00Z"
    )  # fmt: skip
    ids["withdrawn_incident"] = insert(
        connection, "incident",
        **incident_row(ids, lesson=ids["withdrawn_lesson"], starts_at="2030-02-07T10:00Z", reported_at=None),
    )  # fmt: skip
    ids["withdrawal"] = insert(
        connection, "incidentwithdrawal", school_id=ids["school"], incident_id=ids["withdrawn_incident"],
        withdrawn_at="2026-11-12T00:00Z", withdrawn_by_id=ids["teacher_person"], door="web",
    )  # fmt: skip
    ids["quote"] = insert(
        connection, "quote", id=uuid4(), school_id=ids["school"], lesson_id=ids["cancelled_lesson"],
        teacher_id=ids["teacher"], policy_version_id=ids["policy_version"], made_at="2026-11-11T09:55Z",
        valid_until="2026-11-11T10:05Z", facts_sha256=SHA256, prices=NO_CAUSE,
    )  # fmt: skip
    ids["assessment"] = add_assessment(connection, ids, number=1, quote_id=ids["quote"])
    ids["later_assessment"] = add_assessment(connection, ids, number=2, supersedes_id=ids["assessment"])
    ids["consequence"] = insert(
        connection, "consequence", school_id=ids["school"], teacher_id=ids["teacher"], incident_id=ids["incident"],
        assessment_id=ids["assessment"], kind="pause_account", starts_at="2026-11-11T10:00Z",
        ends_at="2026-11-18T10:00Z", because=NO_CAUSE,
    )  # fmt: skip
    ids["consequence_end"] = insert(
        connection, "consequenceend", school_id=ids["school"], consequence_id=ids["consequence"],
        ended_at="2026-11-12T00:00Z", reason="the facts changed",
    )  # fmt: skip


def add_assessment(connection: psycopg.Connection[Any], ids: Ids, *, number: int, **values: Any) -> Any:
    """Write an assessment of the school's incident at 1.00 USD; `values` override."""
    row = {
        "school_id": ids["school"], "incident_id": ids["incident"], "number": number,
        "policy_version_id": ids["policy_version"], "assessed_at": "2026-11-11T10:00Z", "facts": NO_CAUSE,
        "band": "without_notice", "charged_band": "without_notice", "counts": NO_CAUSE, "penalty_minor": 100,
        "currency": "USD", "paid": False, "counted_for": Jsonb(["month"]), "steps": STEPS,
    }  # fmt: skip
    return insert(connection, "assessment", **(row | values))


def _add_booking(connection: psycopg.Connection[Any], ids: Ids) -> None:
    school, person, door = ids["school"], ids["teacher_person"], "web"
    ids["lesson_type"] = insert(
        connection, "lessontype", school_id=school, code="regular", number=1, name="Regular", minutes=Jsonb([50]),
        credits=1, is_first=False, is_offered=True, set_at="2026-09-01Z",
    )  # fmt: skip
    ids["pay_rate"] = insert(
        connection, "payrate", school_id=school, teacher_id=ids["teacher"], lesson_type="regular", minutes=60, number=1,
        amount_minor=1000, currency="USD", set_at="2026-09-01Z",
    )  # fmt: skip
    ids["video_link"] = insert(
        connection, "videolink", school_id=school, teacher_id=ids["teacher"], link="https://video.example/room",
        set_at="2026-09-01Z", set_by_id=ids["teacher_person"], door="web",
    )  # fmt: skip
    ids["series"] = insert(
        connection, "lessonseries", school_id=school, teacher_id=ids["teacher"], student_id=ids["student"], zone="UTC",
        first_on="2030-03-04", starts_minute=600, minutes=60, count=4, lesson_type="regular", made_at="2026-10-01Z",
        made_by_id=person, door=door, request_id=uuid4(),
    )  # fmt: skip
    ids["series_lesson"] = add_lesson(
        connection, ids, starts_at="2030-03-04T10:00Z", ends_at="2030-03-04T11:00Z", series_id=ids["series"],
        series_position=1,
    )  # fmt: skip
    ids["held_lesson"] = add_lesson(
        connection, ids, starts_at="2030-03-05T10:00Z", ends_at="2030-03-05T11:00Z", status="requested",
        waits_for="student", held_until="2026-11-12Z", keeps_time_for_id=ids["series_lesson"],
    )  # fmt: skip
    ids["released_lesson"] = add_lesson(
        connection, ids, starts_at="2030-03-06T10:00Z", ends_at="2030-03-06T11:00Z", status="held",
        held_until="2026-11-11T10:15Z",
    )  # fmt: skip
    ids["release"] = insert(connection, "lessonrelease", **release_row(ids))
    connection.execute(
        "UPDATE makegood_lesson SET status = 'released', version = 2 WHERE id = %s", [ids["released_lesson"]]
    )
    ids["moved_lesson"] = add_lesson(connection, ids, starts_at="2030-04-01T10:00Z", ends_at="2030-04-01T11:00Z")
    ids["move_incident"] = insert(
        connection, "incident",
        **incident_row(ids, lesson=ids["moved_lesson"], starts_at="2030-04-01T10:00Z", kind="rescheduled",
                       reported_at=None),
    )  # fmt: skip
    ids["move"] = insert(connection, "lessonmove", **move_row(ids))
    connection.execute(
        "UPDATE makegood_lesson SET starts_at = '2030-04-02T10:00Z', ends_at = '2030-04-02T11:00Z',"
        " blocked = '[2030-04-02T10:00Z,2030-04-02T11:00Z)', version = 2 WHERE id = %s",
        [ids["moved_lesson"]],
    )
    _add_a_move_and_its_undoing(connection, ids)
    _add_a_move_that_was_asked(connection, ids)
    ids["presence"] = insert(
        connection, "presencefact", school_id=school, lesson_id=ids["taught_lesson"], member_id=ids["teacher"],
        side="teacher", kind="joined", at="2026-11-10T09:58Z", door=door,
    )  # fmt: skip
    ids["claim"] = insert(
        connection, "lessonclaim", school_id=school, lesson_id=ids["cancelled_lesson"], member_id=ids["student"],
        side="student", kind="not_asked", note="", made_at="2026-11-11T11:00Z", door=door, request_id=uuid4(),
    )  # fmt: skip
    attacks_on_desk_cases.add_rows(connection, ids, insert)


def _add_a_move_that_was_asked(connection: psycopg.Connection[Any], ids: Ids) -> None:
    ids["move_request"] = insert(
        connection, "moverequest", school_id=ids["school"], lesson_id=ids["series_lesson"], hold_id=ids["held_lesson"],
        from_starts_at="2030-03-04T10:00Z", from_ends_at="2030-03-04T11:00Z", to_starts_at="2030-03-05T10:00Z",
        to_ends_at="2030-03-05T11:00Z", asked_by_id=ids["teacher"], says_side="teacher", reason="", door="web",
        asked_at="2026-11-11Z", expires_at="2026-11-12Z", request_id=uuid4(),
    )  # fmt: skip
    ids["move_answer"] = insert(
        connection, "moveanswer", school_id=ids["school"], move_request_id=ids["move_request"], outcome="refused",
        says_side="", answered_at="2026-11-11T12:00Z", answered_by_id=ids["student_person"], door="web",
    )  # fmt: skip


def _add_a_move_and_its_undoing(connection: psycopg.Connection[Any], ids: Ids) -> None:
    there, back = ("2030-05-02T10:00Z", "2030-05-02T11:00Z"), ("2030-05-01T10:00Z", "2030-05-01T11:00Z")
    lesson = add_lesson(connection, ids, starts_at=back[0], ends_at=back[1])
    for version, start, end, undoes in ((2, back, there, None), (3, there, back, "move_there")):
        ids["move_back" if undoes else "move_there"] = insert(
            connection, "lessonmove",
            **move_row(ids, lesson_id=lesson, lesson_version=version, from_starts_at=start[0], from_ends_at=start[1],
                       to_starts_at=end[0], to_ends_at=end[1], incident_id=None, undoes_id=ids.get(undoes)),
        )  # fmt: skip
        connection.execute(
            "UPDATE makegood_lesson SET starts_at = %s, ends_at = %s, blocked = tstzrange(%s, %s), version = %s"
            " WHERE id = %s",
            [*end, *end, version, lesson],
        )


def release_row(ids: Ids, **values: Any) -> dict[str, Any]:
    """Return the columns of the release of a held lesson; `values` override."""
    return {
        "school_id": ids["school"], "lesson_id": ids["released_lesson"], "why": "lapsed", "note": "",
        "released_at": "2026-11-11T10:15Z", "door": "job",
    } | values  # fmt: skip


def move_row(ids: Ids, **values: Any) -> dict[str, Any]:
    """Return the columns of the move of a lesson by a day; `values` override."""
    return {
        "school_id": ids["school"], "lesson_id": ids["moved_lesson"], "lesson_version": 2,
        "from_starts_at": "2030-04-01T10:00Z", "from_ends_at": "2030-04-01T11:00Z",
        "to_starts_at": "2030-04-02T10:00Z", "to_ends_at": "2030-04-02T11:00Z", "requested_by": "teacher",
        "incident_id": ids["move_incident"], "moved_at": "2026-11-11Z", "moved_by_id": ids["teacher_person"],
        "door": "web", "reason": "", "request_id": uuid4(),
    } | values  # fmt: skip


def _add_ledger(connection: psycopg.Connection[Any], ids: Ids) -> None:
    for name, kind, owner, currency in (
        ("teacher_account", "teacher_penalties_pending", ids["teacher"], "USD"),
        ("teacher_account_in_pesos", "teacher_penalties_pending", ids["teacher"], "PHP"),
        ("other_teacher_account", "teacher_penalties_pending", ids["other_teacher"], "USD"),
        ("school_account", "school_penalties_pending", None, "USD"),
        ("student_credits", "student_credits", ids["student"], "lesson"),
        ("sold_credits", "school_credits_sold", None, "lesson"),
        ("used_credits", "school_credits_used", None, "lesson"),
    ):
        ids[name] = insert(
            connection, "account", school_id=ids["school"], kind=kind, membership_id=owner, currency=currency
        )
    ids["grant"] = insert(
        connection, "creditgrant", school_id=ids["school"], student_id=ids["student"], credits=2, reason="",
        granted_at="2026-11-01Z", door="web", request_id=uuid4(), external_id="g1",
    )  # fmt: skip
    insert(connection, "transfer", **credit_row(ids, kind="credit_bought", source=ids["grant"], amount_minor=2))
    ids["credit_use"] = insert(
        connection, "credituse", school_id=ids["school"], lesson_id=ids["booked_lesson"], number=1, credits=1,
        used_at="2026-11-02Z",
    )  # fmt: skip
    ids["credit_expiry"] = insert(
        connection, "creditexpiry", school_id=ids["school"], grant_id=ids["grant"], credits=1, expired_at="2026-11-03Z"
    )
    ids["credit_correction"] = insert(
        connection, "creditcorrection", school_id=ids["school"], grant_id=ids["grant"], number=1, credits=1,
        reason="r", corrected_at="2026-11-02Z", corrected_by_id=ids["teacher_person"], door="web", request_id=uuid4(),
    )  # fmt: skip
    ids["transfer"] = insert(connection, "transfer", **penalty_row(ids, assessment=ids["assessment"]))
    ids["reversal"] = insert(connection, "transfer", **reversal_row(ids))


def penalty_row(ids: Ids, *, assessment: Any, **values: Any) -> dict[str, Any]:
    """Return the columns of the posting of a penalty of 1.00 USD; `values` override."""
    return {
        "school_id": ids["school"], "period_id": ids["period"], "debit_id": ids["teacher_account"],
        "credit_id": ids["school_account"], "amount_minor": 100, "currency": "USD", "kind": "penalty",
        "source": assessment, "posted_at": "2026-11-11T10:00Z",
    } | values  # fmt: skip


def credit_row(ids: Ids, *, kind: str, source: Any, **values: Any) -> dict[str, Any]:
    """Return the columns of a posting of lesson credits, to the student when bought, else from them."""
    school = ids["sold_credits"] if kind == "credit_bought" else ids["used_credits"]
    accounts = (ids["student_credits"], school) if kind == "credit_bought" else (school, ids["student_credits"])
    return {
        "school_id": ids["school"], "period_id": ids["period"], "debit_id": accounts[0], "credit_id": accounts[1],
        "amount_minor": 1, "currency": "lesson", "kind": kind, "source": source, "posted_at": "2026-11-11T10:00Z",
    } | values  # fmt: skip


def reversal_row(ids: Ids, **values: Any) -> dict[str, Any]:
    """Return the columns of the reversal of the first assessment's posting; `values` override."""
    mirrored = {
        "debit_id": ids["school_account"], "credit_id": ids["teacher_account"], "kind": "penalty_reversal",
        "reverses_id": ids["transfer"],
    }  # fmt: skip
    return penalty_row(ids, assessment=ids["assessment"], **(mirrored | values))


def _add_timeline(connection: psycopg.Connection[Any], ids: Ids) -> None:
    ids["event"] = insert(
        connection, "event", school_id=ids["school"], kind="emergency_reported", at="2026-11-11T10:00Z",
        actor_id=ids["teacher_person"], on_behalf_of_id=ids["teacher"], door="web", reason="",
        lesson_id=ids["cancelled_lesson"], incident_id=ids["incident"], values=NO_CAUSE,
    )  # fmt: skip
    ids["idempotency_key"] = insert(
        connection, "idempotencykey", school_id=ids["school"], person_id=ids["teacher_person"], route="report",
        key=uuid4(), request_sha256=SHA256, answer=NO_CAUSE, answered_at="2026-11-11T10:00Z",
    )  # fmt: skip


def _add_availability(connection: psycopg.Connection[Any], ids: Ids) -> None:
    made = {
        "school_id": ids["school"], "made_at": "2026-11-11T10:00Z", "made_by_id": ids["teacher_person"], "door": "web",
        "request_id": uuid4(),
    }  # fmt: skip
    ids["default_availability"] = insert(
        connection, "defaultavailability", **made, teacher_id=ids["teacher"], number=1, zone="Asia/Manila",
        in_force_from_on="2026-11-16", weekly=Jsonb([{"weekday": 0, "start_minute": 540, "end_minute": 720}]),
        reason="",
    )  # fmt: skip
    ids["availability_day"] = insert(
        connection, "availabilityday", **made, teacher_id=ids["teacher"], day_on="2026-11-23", number=1,
        zone="Asia/Manila", ranges=Jsonb([{"start_minute": 0, "end_minute": 1440}]), reason="",
    )  # fmt: skip
    ids["holiday"] = insert(
        connection, "holiday", **made, day_on="2026-12-24", name="Holiday", ended_at=None, ended_by_id=None
    )  # fmt: skip
    connection.execute("UPDATE makegood_holiday SET ended_at = '2026-11-12Z' WHERE id = %s", [ids["holiday"]])
    ids["live_holiday"] = insert(connection, "holiday", **made, day_on="2026-12-25", name="Holiday")
    ids["booking_rules"] = insert(
        connection, "bookingrules", school_id=ids["school"], number=1, slot_minutes=30, buffer_minutes=0,
        minimum_notice_minutes=720, horizon_days=60, max_lessons_per_day=8, hold_minutes=15, needs_approval=False,
        requires_credits=False, probation_days=0, probation_max_lessons_per_week=5, freshness_days=14,
        freshness_pause_days=60, freshness_grace_hours=24, set_at="2026-11-11T10:00Z", door="web",
        set_by_id=ids["teacher_person"], request_id=uuid4(),
    )  # fmt: skip
    ids["calendar_week"] = insert(
        connection, "calendarweek", school_id=ids["school"], teacher_id=ids["teacher"],
        week_starts_at="2026-11-23T00:00Z", available=bytes(84), busy=bytes(84), grid_minute=0,
    )  # fmt: skip
