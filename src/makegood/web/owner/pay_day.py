"""The owner's setting: on which day pay is expected."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.set_pay_day import PAY_DAYS, NotInEveryMonth, set_pay_day
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.web import access


class PayDayForm(forms.Form):
    """A day of the month."""

    pay_day = forms.IntegerField(
        label=_("Day of the month"),
        help_text=_("A month's pay is expected on this day of the month after it. From 1 to 28."),
        min_value=PAY_DAYS[0],
        max_value=PAY_DAYS[-1],
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Type a number."),
            "invalid": _("Type a whole number."),
            "min_value": NotInEveryMonth.sentence,
            "max_value": NotInEveryMonth.sentence,
        },
    )


@access.members(Role.OWNER, methods=access.READ_AND_WRITE)
def pay_day(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the day, or set another; a school that pays elsewhere has none."""
    if not visit.school.pays_teachers:
        raise Http404
    form = PayDayForm(request.POST if request.method == "POST" else None, initial={"pay_day": visit.school.pay_day})
    if form.is_bound and form.is_valid():
        set_pay_day(
            school=visit.school,
            actor=visit.membership,
            pay_day=form.cleaned_data["pay_day"],
            door=Door.WEB,
            now=visit.now,
        )
        messages.success(request, gettext("The pay day is set. Teachers see it on their dashboard and statements."))
        return redirect("owner:pay_day", school=visit.school.slug)
    return render(request, "owner/pay_day.html", {"form": form}, status=422 if form.errors else 200)
