"""The style guide: every component with sample values. Its addresses exist only while developing and in tests."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from makegood.web.parts import errors, icons, navigation
from makegood.web.parts import gallery_samples as samples


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Your name"), help_text=_("As it stands on your contract."), max_length=80)
    email = forms.EmailField(label=_("E-mail address"))
    zone = forms.ChoiceField(label=_("Time zone"), choices=[("Asia/Manila", _("Manila")), ("Asia/Tokyo", _("Tokyo"))])
    note = forms.CharField(label=_("Note for support"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(
        label=_("What happened?"),
        choices=[("power", _("Power or internet was out")), ("health", _("Sickness or accident"))],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label=_("Tell me by e-mail"), help_text=_("You can change this later."), required=False)


def style_guide(request: HttpRequest) -> HttpResponse:
    """All parts one under the other; `?wrong` shows a form with its errors."""
    bound = SampleForm({"name": "", "email": "maria@", "zone": "Asia/Manila"} if "wrong" in request.GET else None)
    page = Paginator(range(1842), 25).page(2)
    return _render(request, "style_guide", form=bound, page=page, icons=icons.names(), filters=samples.filters())


def dashboard(request: HttpRequest) -> HttpResponse:
    """A teacher's dashboard."""
    return _render(
        request,
        "dashboard",
        lesson=samples.next_lesson(),
        items=samples.attention(),
        days=samples.days(),
        counter=samples.counter(),
        totals=samples.month_so_far(),
    )


def emergency(request: HttpRequest) -> HttpResponse:
    """Report an emergency."""
    return _render(
        request,
        "emergency",
        lesson=samples.next_lesson(),
        situations=samples.situations(),
        panels=samples.panels(),
        problem="wrong" in request.GET,
    )


def case(request: HttpRequest) -> HttpResponse:
    """A case after the report, with its timeline, and the statement it ends in."""
    return _render(
        request,
        "case",
        moments=samples.moments(),
        worked=samples.worked_out(),
        statement=samples.statement(),
        proof_until=samples.PROOF_UNTIL,
    )


def missing(request: HttpRequest) -> HttpResponse:
    """What stands where nothing is."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """What stands where something of ours broke."""
    return errors.server_error(request)


def _render(request: HttpRequest, name: str, **values: object) -> HttpResponse:
    sections = samples.sections()
    frame = {
        "now": samples.NOW,
        "school": samples.SCHOOL,
        "sections": sections,
        "more": navigation.behind_more(sections),
        "request": samples.signed_in(request),
        "initials": "MS",
        "switches": samples.switches(),
    }
    with timezone.override(samples.ZONE):
        return render(request, f"parts/gallery/{name}.html", frame | values)


urlpatterns = [
    path("", style_guide, name="style_guide"),
    path("dashboard/", dashboard, name="dashboard"),
    path("emergency/", emergency, name="emergency"),
    path("case/", case, name="case"),
    path("missing/", missing, name="missing"),
    path("broken/", broken, name="broken"),
]
