"""Signing in without the slow parts, for tests that are about something else."""

from __future__ import annotations

import time

from django.test import Client

from makegood.domain.people.models import Person


def sign_in(client: Client, person: Person, *, second_factor: bool = True) -> None:
    """Give the client a session of the person, as after a password and (unless told otherwise) a second step."""
    client.force_login(person)
    session = client.session
    session["account_authentication_methods_user"] = str(person.pk)
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}] + (
        [{"method": "mfa", "type": "totp", "at": time.time()}] if second_factor else []
    )
    session.save()
