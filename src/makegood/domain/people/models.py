"""Rows of people. A person is global; everything about them in a school hangs on a membership."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class Role(models.TextChoices):
    """What somebody may do in a school; one membership may hold several."""

    TEACHER = "teacher"
    STUDENT = "student"
    DESK = "desk"
    SUPPORT = "support"
    REVIEWER = "reviewer"
    PAYROLL = "payroll"
    OWNER = "owner"


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail address without regard to case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """Return the person with this e-mail address; case does not matter. Raises Person.DoesNotExist."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Create a person who signs in with `email`; without a password only by code or passkey."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who can sign in. `zone` is an IANA name, `language` a BCP 47 tag."""

    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=16, default="en")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_person_per_email_address")]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        """Return the name as the person writes it."""
        return self.full_name

    def get_short_name(self) -> str:
        """Return the first word of the name."""
        return self.full_name.split(" ")[0]


class Membership(models.Model):
    """A person in a school. `code` is the school's own id for them (the `teacher` column of a history file)."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, related_name="memberships")
    code = models.CharField(max_length=80)
    display_name = models.CharField(max_length=120)
    engagement = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2, blank=True)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "person"), name="one_membership_per_person_and_school"),
            models.UniqueConstraint(fields=("school", "code"), name="one_member_per_code"),
        ]

    def __str__(self) -> str:
        return self.display_name


class RoleGrant(models.Model):
    """A role held by a membership from `granted_at` until `ended_at` (None: still)."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    membership = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="role_grants", db_constraint=False, db_index=False
    )
    role = models.CharField(max_length=16, choices=Role.choices)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "membership", "role"),
                condition=models.Q(ended_at=None),
                name="one_live_grant_per_membership_and_role",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="role_is_one_of_the_seven"),
        ]


class Invitation(models.Model):
    """An e-mailed offer to join a school with a role; only the hash of its token is kept."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=Role.choices)
    token_hash = models.CharField(max_length=64)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "token_hash"), name="one_invitation_per_token")
        ]
