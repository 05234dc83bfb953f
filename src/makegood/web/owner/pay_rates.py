"""What lessons pay: the school's rates, rates of single teachers, and what was paid before."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.set_pay_rate import DayUnusable, OtherCurrency, set_pay_rate
from makegood.domain.lessons import offering
from makegood.domain.lessons.models import PayRate
from makegood.domain.lessons.offering import Offer
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.refusal import Refusal
from makegood.reports.offers import RateHistory, list_rate_histories
from makegood.web import access
from makegood.web.parts import components as c
from makegood.web.parts.booking_form import list_kinds, read_kind
from makegood.web.refusals import words_of
from makegood.wording.reader import Reader
from makegood.wording.times import format_day

_EVERYBODY: Final = ("", _("Every teacher without a rate of their own"))


class RateForm(forms.Form):
    """Whose rate, for what, and how much."""

    teacher = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label=_("Teacher"),
        error_messages={"invalid_choice": _("Choose a teacher from the list.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind of lesson"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a kind of lesson from the list.")),
    )
    amount = forms.DecimalField(
        label=_("Pay for one session"),
        min_value=0,
        max_digits=12,
        error_messages={
            "required": _("Type an amount."),
            **dict.fromkeys(("invalid", "min_value", "max_digits"), _("Type an amount like 12.50.")),
        },
    )
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label=_("Currency"),
        error_messages=dict.fromkeys(("required", "invalid"), _("Type three capital letters, like USD.")),
    )

    from_on = forms.DateField(
        required=False,
        label=_("From"),
        help_text=_(
            "Leave it empty for sessions that are booked or asked for from now on. With a day, the rate is for those "
            "that start on that day or later."
        ),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("This is not a day.")},
    )

    def __init__(self, *arguments: Any, offers: Sequence[Offer], teachers: Sequence[Membership], **named: Any) -> None:
        super().__init__(*arguments, **named)
        fields: dict[str, Any] = self.fields
        fields["teacher"].choices = [_EVERYBODY, *((one.pk, one.display_name) for one in teachers)]
        fields["kind"].choices = [
            (value, gettext("{name}, {minutes} minutes").format(name=offer.name, minutes=minutes))
            for value, offer, minutes in list_kinds(offers=offers)
        ]

    def clean(self) -> dict[str, Any]:
        """Turn the amount into money. Refuse parts of the smallest coin."""
        values: dict[str, Any] = super().clean() or {}
        amount, currency = values.get("amount"), values.get("currency")
        if isinstance(amount, Decimal) and currency:
            minor = amount.scaleb(Money(0, currency).exponent)
            if minor != int(minor):
                self.add_error("amount", gettext("This currency has no smaller coin. Type fewer decimals."))
            else:
                values["money"] = Money(int(minor), currency)
        return values


@access.members(Role.OWNER, methods=access.READ_AND_WRITE)
def pay_rates(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List what lessons pay, with what they paid before; set a rate."""
    offers = offering.list_offers(school_id=visit.school.pk)
    rates = list_rate_histories(school=visit.school, offers=offers, now=visit.now)
    teachers = list_with_role(school_id=visit.school.pk, role=Role.TEACHER)
    form = RateForm(
        request.POST if request.method == "POST" else None,
        offers=offers,
        teachers=sorted(teachers, key=lambda one: one.display_name),
        initial={"currency": _currency(visit, rates)},
    )
    if form.is_bound and form.is_valid() and _set(request, visit, form):
        return redirect("owner:pay_rates", school=visit.school.slug)
    shown = _search(request, rates)
    context = {
        "form": form,
        "has_rates": bool(rates),
        "rates": [_row(one) for one in shown],
        "filters": _filters(request, rates),
    }
    return render(request, "owner/pay_rates.html", context, status=422 if form.errors else 200)


def _search(request: HttpRequest, rates: Sequence[RateHistory]) -> Sequence[RateHistory]:
    """Those of the teachers whose name has the words, and of the type; all without either."""
    words = request.GET.get("teacher", "").strip().casefold()
    lesson_type = request.GET.get("type", "")
    return [
        one
        for one in rates
        if words in (one.teacher.display_name.casefold() if one.teacher else "")
        and lesson_type in {"", one.lesson_type}
    ]


def _filters(request: HttpRequest, rates: Sequence[RateHistory]) -> Sequence[c.Filter]:
    """A text for the teacher's name and the types that have a rate."""
    types = {one.lesson_type: one.name for one in rates}
    chosen = request.GET.get("type", "")
    choices = [c.Choice(value="", label=gettext("Every kind"), is_chosen=chosen not in types)]
    choices += [
        c.Choice(value=code, label=name, is_chosen=code == chosen, is_name=True)
        for code, name in sorted(types.items(), key=lambda one: one[1])
    ]
    return [
        c.Filter(name="teacher", label=gettext("Teacher"), value=request.GET.get("teacher", "")),
        c.Filter(name="type", label=gettext("Kind of lesson"), choices=choices),
    ]


def _set(request: HttpRequest, visit: access.Visit, form: RateForm) -> bool:
    """Whether it was set; otherwise the form says why not."""
    values = form.cleaned_data
    kind = read_kind(values["kind"])
    try:
        set_pay_rate(
            school=visit.school,
            actor=visit.membership,
            teacher_id=values["teacher"],
            lesson_type=kind["lesson_type"],
            minutes=int(kind["minutes"]),
            amount=values["money"],
            from_on=values["from_on"],
            door=Door.WEB,
            now=visit.now,
        )
    except Refusal as refusal:
        fields: dict[type[Refusal], str] = {OtherCurrency: "currency", DayUnusable: "from_on"}
        form.add_error(fields.get(type(refusal)), words_of(refusal))
        return False
    said = gettext("The rate is set for sessions booked from now on. What is booked keeps its pay.")
    if values["from_on"] is not None:
        said = gettext(
            "The rate is set for sessions that start on {day} or later. What is booked keeps its pay."
        ).format(day=format_day(values["from_on"], Reader.active()))
    messages.success(request, said)
    return True


def _currency(visit: access.Visit, rates: Sequence[RateHistory]) -> str:
    """The policy's, else that of the rates, else none."""
    in_force = get_timetable(school_id=visit.school.pk).find_at(visit.now)
    own = in_force.policy.currency if in_force is not None else None
    return own or next((rate.currency for one in rates for rate in (one.rate, *one.planned) if rate is not None), "")


def _row(one: RateHistory) -> dict[str, Any]:
    return {
        "one": one,
        "now": _with_money([one.rate]),
        "planned": _with_money(one.planned),
        "past": _with_money(one.past),
    }


def _with_money(rates: Sequence[PayRate | None]) -> list[tuple[Money, PayRate]]:
    return [(Money(rate.amount_minor, rate.currency), rate) for rate in rates if rate is not None]
