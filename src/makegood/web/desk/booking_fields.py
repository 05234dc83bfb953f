"""What the desk says of a booking besides its time: with whom, why, and what of the rules is left aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from makegood.actions.desk_lessons import is_left_to_others
from makegood.domain.availability.queries import get_rules
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.web import access

_CHOICE: Final = ("", _("Choose a teacher"))


class TeacherAndLeave(forms.Form):
    """The teacher, who is not the actor while somebody else is at the desk, and the rules that need not be asked for.

    `waits`: the student is the actor, and the school approves what students book. `keeps_rules`: so are they, and
    somebody else is at the desk, so that nothing of it is offered.
    """

    teacher = forms.TypedChoiceField(
        label=_("Teacher"),
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a teacher from the list.")),
    )
    any_time = forms.BooleanField(required=False, label=_("Also outside the teacher's open times"))
    any_notice = forms.BooleanField(required=False, label=_("Also nearer or farther ahead than the booking rules say"))

    def __init__(
        self, *arguments: Any, teachers: Sequence[Membership], student: Membership, actor: Membership, **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        is_one_of_two = actor.pk in {student.pk, *(one.pk for one in teachers)}
        is_left = is_one_of_two and is_left_to_others(teacher=actor, student=None, actor=actor)
        offered = [one for one in teachers if one.pk != actor.pk or not is_left]
        choices = [_CHOICE, *((one.pk, one.display_name) for one in offered)]
        self.fields["teacher"].choices = choices  # type: ignore[attr-defined]
        self.waits = student.pk == actor.pk and get_rules(school_id=student.school_id).needs_approval
        self.keeps_rules = student.pk == actor.pk and is_left
        if self.keeps_rules:
            del self.fields["any_time"], self.fields["any_notice"]

    @property
    def leave(self) -> Leave:
        """What the valid form leaves aside."""
        if self.keeps_rules:
            return Leave()
        return Leave(any_time=self.cleaned_data["any_time"], any_notice=self.cleaned_data["any_notice"])


def reason_field(*, missing: Any = None) -> forms.CharField:
    """Why the desk books, or does something else to both; `missing` is said where nothing is."""
    missing = missing or _("Say why the desk books this.")
    return forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Both sides read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": missing},
    )


def list_teachers(visit: access.Visit, *, student: Membership) -> Sequence[Membership]:
    """Whom the desk can choose for this student, by name: nobody is their own teacher."""
    found = list_with_role(school_id=visit.school.pk, role=Role.TEACHER)
    teachers = [one for one in found if one.pk != student.pk]
    return sorted(teachers, key=lambda teacher: teacher.display_name)
