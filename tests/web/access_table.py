"""Who may do what on which page, in one table. test_access_matrix.py executes every cell; docs/access.md tells
how to add a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# The visitors. All but the last three belong to Marigold, whose pages are asked for.
TARA, SAM, DESI, OLGA, RHEA, FIN, OWEN = "Tara", "Sam", "Desi", "Olga", "Rhea", "Fin", "Owen"
MEMBERS = frozenset({TARA, SAM, DESI, OLGA, RHEA, FIN, OWEN})
STAFF = MEMBERS - {TARA, SAM}
OTHER_SCHOOL = "Otto"  # holds all seven roles, in Larkspur
NO_SCHOOL = "Uma"
ANONYMOUS = "nobody"
SIGNED_IN = MEMBERS | {OTHER_SCHOOL, NO_SCHOOL}
EVERYBODY = SIGNED_IN | {ANONYMOUS}
VISITORS = (TARA, SAM, DESI, OLGA, RHEA, FIN, OWEN, OTHER_SCHOOL, NO_SCHOOL, ANONYMOUS)

# The relations of a visitor to the thing that an address names.
OWN, SAME_SCHOOL, OTHER, MISSING = "own", "same school", "other school", "missing"
# What was there once and ended; and a real secret, asked for where it opens nothing.
ENDED, MISUSED = "ended", "misused"
RELATIONS = (OWN, SAME_SCHOOL, OTHER, MISSING, ENDED, MISUSED)


@dataclass(frozen=True)
class Row:
    """What the visitors of `open_to` get for GET and for POST with an empty form; all others get 404, or sign-in.

    Where the address names a thing, `relations` lists to which ones that applies; for the others it is 404. Where it
    names two, to both of them ("own / other school").
    `but` names the visitors who get something else: `{(OWEN, "GET"): 302}`, or `{(SAM, "GET", OTHER): 302}` for one
    relation only.
    """

    open_to: frozenset[str]
    get: int = 200
    post: int = 405
    relations: frozenset[str] = frozenset({OWN, SAME_SCHOOL})
    but: Mapping[tuple[str, ...], int] = field(default_factory=dict)


def only(
    *visitors: str,
    get: int = 200,
    post: int = 405,
    relations: frozenset[str] = frozenset({OWN, SAME_SCHOOL}),
    but: Mapping[tuple[str, ...], int] | None = None,
) -> Row:
    """A page for some members."""
    return Row(open_to=frozenset(visitors), get=get, post=post, relations=relations, but=but or {})


def when_signed_in(get: int = 200, post: int = 405) -> Row:
    """A page about oneself."""
    return Row(open_to=SIGNED_IN, get=get, post=post)


def when_signed_out(get: int = 200, post: int = 200) -> Row:
    """A page of signing in: whoever is signed in already is sent on."""
    signed_in = {(visitor, method): 302 for visitor in SIGNED_IN for method in ("GET", "POST")}
    return Row(open_to=EVERYBODY, get=get, post=post, but=signed_in)


def for_everybody(get: int = 200, post: int = 405) -> Row:
    """A page for all, signed in or not, whatever its address names."""
    return Row(open_to=EVERYBODY, get=get, post=post, relations=frozenset({OWN, SAME_SCHOOL, OTHER, MISSING}))


def whoever_knows(get: int = 200, post: int = 405) -> Row:
    """A page that a secret opens, to whomever it was given; what is no such secret is no page."""
    return Row(EVERYBODY, get=get, post=post, relations=frozenset({OWN, SAME_SCHOOL, OTHER}))


def nothing_there(post: int = 404) -> Row:
    """A page about something that nobody of the cast has."""
    refused: dict[tuple[str, ...], int] = {(visitor, "DELETE"): 405 for visitor in SIGNED_IN}
    return Row(open_to=frozenset(), but=refused | {(visitor, "POST"): post for visitor in SIGNED_IN})


# What no program finds, whoever asks and how.
NO_ADDRESS = Row(frozenset(), but={(who, how): 404 for who in EVERYBODY for how in ("GET", "POST", "DELETE")})

# One's own lesson, with a time that is not kept for it.
NOT_KEPT_FOR_IT: Mapping[tuple[str, ...], int] = {
    (SAM, how, f"{OWN} / {whose}"): 302 for how in ("GET", "POST") for whose in (SAME_SCHOOL, OTHER, MISSING, ENDED)
}

# To whom an invitation went, and anybody signed out with one to an address without a sign-in.
INVITED: Mapping[tuple[str, ...], int] = {
    **{(who, "GET", OWN): 200 for who in EVERYBODY},
    **{(who, "POST", OWN): 302 for who in EVERYBODY},
    (ANONYMOUS, "GET", SAME_SCHOOL): 200,
    (ANONYMOUS, "POST", SAME_SCHOOL): 422,
}

NO_KEY: Mapping[tuple[str, ...], int] = {
    (who, how, whose): 200
    for who in EVERYBODY
    for how in ("GET", "POST")
    for whose in (MISSING, *(f"{one} / {another}" for one in RELATIONS for another in RELATIONS if one != another))
}

TABLE: dict[str, Row] = {
    # --- the process itself
    "alive": Row(EVERYBODY, post=200, but={(visitor, "DELETE"): 200 for visitor in EVERYBODY}),
    "ready": Row(EVERYBODY, post=200, but={(visitor, "DELETE"): 200 for visitor in EVERYBODY}),
    # --- for programs: signed out is said, not sent to a page
    "api_1:coming_lessons": Row(
        frozenset({TARA, SAM}),
        but={
            (ANONYMOUS, "GET"): 401,
            **{(visitor, method): 405 for visitor in EVERYBODY for method in ("POST", "DELETE")},
        },
    ),
    "api_1:openapi-json": Row(EVERYBODY, post=200, but={(visitor, "DELETE"): 200 for visitor in EVERYBODY}),
    "api_1:api-root": NO_ADDRESS,
    "api_nothing_unversioned": NO_ADDRESS,
    "api_nothing": NO_ADDRESS,
    "api_nothing_else": NO_ADDRESS,
    # --- landing
    "home": Row(SIGNED_IN, get=302, but={(NO_SCHOOL, "GET"): 200}),
    "school_home": only(*MEMBERS, get=302),
    "settings": when_signed_in(post=422),
    "choose_zone": when_signed_in(get=405, post=302),
    # --- how a member is told
    "notifications": only(*MEMBERS, post=302),
    "renew_calendar": only(*MEMBERS, get=405, post=200),
    "end_calendar": only(*MEMBERS, get=405, post=302),
    "add_browser": only(*MEMBERS, get=405, post=302),
    "end_browser": only(*MEMBERS, get=405, post=302, relations=frozenset({OWN})),
    "service_worker": for_everybody(),
    # A calendar program has no session, and an address that nobody made is no page for anybody.
    "calendar_feed": whoever_knows(),
    # --- a school's pages by role
    "teacher:dashboard": only(TARA),
    "teacher:availability": only(TARA, post=422),
    "teacher:default_availability": only(TARA, post=422),
    "teacher:video_link": only(TARA, post=422),
    "teacher:choose_session": only(TARA),
    "teacher:session": only(TARA, post=422, relations=frozenset({OWN})),
    "teacher:session_here": only(TARA, get=405, post=410, relations=frozenset({OWN})),
    # An empty form past the mark: the page that names the right doors.
    "teacher:cancel_session": only(TARA, post=409, relations=frozenset({OWN})),
    "teacher:undo_cancel": Row(frozenset({TARA}), get=405, post=404, relations=frozenset({OWN})),
    "teacher:move_session": only(TARA, post=422, relations=frozenset({OWN})),
    "teacher:take_back_move": only(TARA, get=405, post=302, relations=frozenset({OWN})),
    "teacher:students": only(TARA),
    "teacher:student_lessons": only(TARA, relations=frozenset({OWN})),
    "teacher:propose": only(TARA, post=422, relations=frozenset({OWN})),
    "teacher:propose_weekly": only(TARA, post=422, relations=frozenset({OWN})),
    "teacher:take_back": only(TARA, get=405, post=302, relations=frozenset({OWN})),
    "teacher:report_emergency": only(TARA, post=422, relations=frozenset({OWN})),
    "teacher:penalties": only(TARA),
    "teacher:case": only(TARA, relations=frozenset({OWN})),
    "teacher:emergency_reported": only(TARA, relations=frozenset({OWN})),
    "teacher:undo": only(TARA, get=405, post=302, relations=frozenset({OWN})),
    "teacher:statement": only(TARA),
    "teacher:statement_month": only(TARA),
    "teacher:messages": only(TARA),
    "teacher:read_messages": only(TARA, get=405, post=422),
    "student:lessons": only(SAM),
    "student:book": only(SAM, post=422),
    "student:credits": only(SAM),
    "student:teacher": only(SAM),
    # Without a first time there is nothing to repeat: back to the teacher's page.
    "student:weekly": only(SAM, get=404, post=302),
    "student:proposals": only(SAM),
    "student:answer_proposal": only(SAM, get=405, post=422, relations=frozenset({OWN})),
    "student:confirm_booking": only(SAM, get=302, post=302, relations=frozenset({OWN})),
    "student:release_booking": only(SAM, get=405, post=302, relations=frozenset({OWN})),
    "student:booked": only(SAM, relations=frozenset({OWN})),
    "student:undo_booking": only(SAM, get=405, post=302, relations=frozenset({OWN})),
    "student:lesson": only(SAM, post=422, relations=frozenset({OWN})),
    "student:lesson_here": only(SAM, get=405, post=410, relations=frozenset({OWN})),
    "student:cancel_lesson": only(SAM, post=422, relations=frozenset({OWN})),
    "student:undo_cancel": Row(frozenset({SAM}), get=405, post=404, relations=frozenset({OWN})),
    "student:reschedule": only(SAM, post=422, relations=frozenset({OWN})),
    # No such time is kept for this lesson: the page with the free times.
    "student:confirm_move": only(SAM, post=422, relations=frozenset({OWN}), but=NOT_KEPT_FOR_IT),
    "student:undo_answer": only(SAM, get=405, post=302, relations=frozenset({OWN})),
    "student:undo_move_answer": only(SAM, get=405, post=302, relations=frozenset({OWN})),
    "student:undo_move": only(SAM, get=405, post=302, relations=frozenset({OWN})),
    "student:undo_late_move": only(SAM, get=405, post=302, relations=frozenset({OWN})),
    "student:take_back_move": only(SAM, get=405, post=302, relations=frozenset({OWN})),
    "student:answer_move": only(SAM, post=422, relations=frozenset({OWN})),
    "student:messages": only(SAM),
    "student:read_messages": only(SAM, get=405, post=422),
    # --- what staff were told, whichever their role
    "staff:messages": only(*STAFF),
    "staff:read_messages": only(*STAFF, get=405, post=422),
    "desk:queue": only(DESI),
    "desk:teachers": only(DESI),
    "desk:matching_pause": only(DESI, post=422),
    "desk:availability": only(DESI, post=422),
    "desk:default_availability": only(DESI, post=422),
    "desk:video_link": only(DESI, post=422),
    "desk:calendar": only(DESI),
    "desk:session": only(DESI),
    "desk:cancel_session": only(DESI, post=422),
    "desk:cancel_for_school": only(DESI, post=422),
    "desk:undo_cancel": Row(frozenset({DESI}), get=405, post=404),
    "desk:move_session": only(DESI, post=422),
    "desk:undo_move": only(DESI, get=405, post=302),
    "desk:undo_late_move": only(DESI, get=405, post=302),
    "desk:undo_booking": only(DESI, get=405, post=302),
    "desk:approvals": only(DESI),
    "desk:answer_booking": only(DESI, get=405, post=422),
    "desk:answer_move": only(DESI, get=405, post=422),
    "desk:undo_answer": only(DESI, get=405, post=302),
    "desk:undo_move_answer": only(DESI, get=405, post=302),
    "desk:students": only(DESI),
    "desk:import_credits": only(DESI, post=422),
    "desk:student": only(DESI),
    "desk:book": only(DESI, post=422),
    "desk:book_weekly": only(DESI, post=422),
    "desk:student_credits": only(DESI, post=422),
    "desk:take_back_credits": only(DESI, post=422),
    "desk:undo_grant": only(DESI, get=405, post=302),
    "desk:case": only(DESI),
    "desk:absences": only(DESI),
    "desk:absence": only(DESI, post=422, relations=frozenset({OWN})),
    "desk:requests": only(DESI, OLGA),
    "desk:request": only(DESI, OLGA, post=422),
    "desk:deliveries": only(DESI, OLGA),
    "desk:send_again": only(DESI, OLGA, get=405, post=302),
    "support:queue": only(OLGA),
    "reviewer:queue": only(RHEA),
    "reviewer:case": only(RHEA),
    "reviewer:decide": only(RHEA, get=302, post=302),
    "payroll:overview": only(FIN),
    "payroll:month": only(FIN),
    "payroll:statement": only(FIN, OWEN),
    "owner:overview": only(OWEN),
    "owner:case": only(OWEN),
    "owner:booking_rules": only(OWEN, post=422),
    "owner:pay_day": only(OWEN, post=422),
    "owner:video_link": only(OWEN, post=422),
    "owner:lesson_types": only(OWEN),
    "owner:add_lesson_type": only(OWEN, post=422),
    "owner:lesson_type": only(OWEN, post=422),
    "owner:pay_rates": only(OWEN, post=422),
    "owner:holidays": only(OWEN, post=422),
    "owner:end_holiday": only(OWEN, get=405, post=302),
    "owner:import": only(OWEN, post=422),
    "owner:import_file": only(OWEN, post=302),
    # --- what everybody may read of a school
    "public:emergencies": for_everybody(),
    "public:for_students": for_everybody(),
    "public:policy": for_everybody(),
    # Signed out, what is not there leads to sign-in.
    "public:policy_version": Row(EVERYBODY, but={(ANONYMOUS, "GET", OTHER): 302}),
    "owner:people": only(OWEN),
    "owner:invite": only(OWEN, post=422),
    "owner:person": only(OWEN),
    "owner:invite_member": only(OWEN, get=405, post=422),
    "owner:grant_role": only(OWEN, get=405, post=422),
    "owner:end_role": only(OWEN, get=405, post=422),
    # --- the student's link in a message, which needs no sign-in: a wrong one is a page of its own, too
    "not_agreed": whoever_knows(post=422),
    "not_asked": whoever_knows(post=422),
    # --- invitations, to whoever is asked and to nobody else: a wrong token is a page of its own, for everybody alike
    "join": Row(EVERYBODY, get=409, post=409, but=INVITED),
    # --- signing in
    "account_login": when_signed_out(),
    "account_request_login_code": when_signed_out(),
    "account_confirm_login_code": Row(EVERYBODY, get=302, post=302),
    "mfa_login_webauthn": when_signed_out(get=302, post=302),
    "mfa_authenticate": Row(EVERYBODY, get=302, post=302),
    "demo_sign_in": Row(
        frozenset(), but={(visitor, method): 405 for visitor in EVERYBODY for method in ("GET", "DELETE")}
    ),
    "account_signup": for_everybody(),
    "account_inactive": for_everybody(),
    "account_logout": Row(EVERYBODY, get=200, post=302, but={(ANONYMOUS, "GET"): 302}),
    "account_reset_password": for_everybody(post=200),
    "account_reset_password_done": for_everybody(),
    # The key goes into the session and out of the address. One of somebody else is a page that says so.
    "account_reset_password_from_key": Row(
        EVERYBODY, get=302, post=302, relations=frozenset({OWN, SAME_SCHOOL, OTHER}), but=NO_KEY
    ),
    "account_reset_password_from_key_done": for_everybody(),
    # --- one's own sign-in (nobody of the cast has a password, so there is one to set and none to change)
    "account_change_password": when_signed_in(get=302, post=302),
    "account_set_password": when_signed_in(post=200),
    "mfa_index": when_signed_in(),
    "second_factor": when_signed_in(get=302),
    "account_reauthenticate": nothing_there(),
    "mfa_reauthenticate": nothing_there(),
    "mfa_reauthenticate_webauthn": nothing_there(),
    "mfa_activate_totp": when_signed_in(post=200),
    "mfa_deactivate_totp": nothing_there(),
    "mfa_list_webauthn": when_signed_in(),
    "mfa_add_webauthn": when_signed_in(post=200),
    "mfa_edit_webauthn": nothing_there(),
    "mfa_remove_webauthn": nothing_there(),
    "mfa_view_recovery_codes": nothing_there(post=405),
    "mfa_generate_recovery_codes": when_signed_in(post=200),
    "mfa_download_recovery_codes": nothing_there(),
    "usersessions_list": when_signed_in(post=302),
}
