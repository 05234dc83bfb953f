"""What no template may contain, and what every control must have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.template_rules import TEMPLATES, faults_in, named

WEB_TEMPLATES = sorted(path for folder in TEMPLATES for path in folder.rglob("*.html"))


@pytest.mark.parametrize("path", WEB_TEMPLATES, ids=named)
def test_template_keeps_the_rules(path: Path) -> None:
    assert faults_in(path.read_text(encoding="utf-8")) == []


def test_there_are_templates_to_check() -> None:
    assert len(WEB_TEMPLATES) > 20


def _broken() -> Iterator[tuple[str, str]]:
    yield '<p style="color: red">{% translate "Hi" %}</p>', "inline style"
    yield "<script>alert()</script>", "inline script"
    yield '<a href="#" hx-on:click="x()">{% translate "Go" %}</a>', "hx-on"
    yield '<button onclick="x()">{% translate "Go" %}</button>', "event attribute"
    yield "{{ lesson.starts_at|date:'c' }}", "time only through its tags"
    yield "{{ amount|floatformat:2 }}", "number only through its tags"
    yield "{{ penalty.amount_minor }}", "money only through its tags"
    yield "{{ text|safe }}", "unescaped text"
    yield "{% blocktranslate %}Call {{ phone|dialled }}.{% endblocktranslate %}", "filter in a sentence"
    titled = '{% day on "month" as month %}{% blocktranslate %}Pay, {{ month }}{% endblocktranslate %}'
    yield "{% block title %}" + titled + "{% endblock %}", "markup in the title"
    yield '<p translate="no">{{ lesson.other_name }}</p>', "name outside bdi"
    yield "<p>Hello there</p>", "hard-coded text"
    yield '<nav aria-label="Main">{% translate "Go" %}</nav>', "hard-coded text"
    yield '<input name="q">', "unlabelled control"
    yield '<div hx-post="/x/">{% translate "Go" %}</div>', "hx-post outside a form"
    yield '<form method="post" action="/x/"><button>{% translate "Go" %}</button></form>', "form without csrf_token"


@pytest.mark.parametrize(("text", "fault"), list(_broken()))
def test_each_fault_is_found(text: str, fault: str) -> None:
    found = [re.sub(r":.*", "", line, flags=re.DOTALL) for line in faults_in(text)]
    assert found == [fault]


def test_what_is_allowed_passes() -> None:
    text = """{% comment %}Plain words here.{% endcomment %}
    <section aria-labelledby="a"><h2 id="a">{% translate "Hi" %}</h2>
    <script src="{% static "app.js" %}" defer></script>
    <p translate="no">{{ name }}</p>
    <label for="q">{% translate "Search" %}</label><input id="q" name="q"><bdi>Makegood</bdi> {# a remark #}
    {% blocktranslate trimmed with n=name %}Hello <bdi>{{ n }}</bdi>, all is well.{% endblocktranslate %}
    <form method="post">{% csrf_token %}<input type="hidden" name="request_id" value="{{ id }}"></form></section>"""
    assert faults_in(text) == []
