"""The demo as a visitor gets it, made once at full size and audited."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from makegood.demo.seeding import seed
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import Lesson
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School

# Long enough ago that no clock of a test machine is behind it.
NOW = datetime(2026, 3, 31, 17, 5, tzinfo=UTC)
SECONDS = 60


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.django_db(transaction=True, databases=["default", "auditor"])
def test_both_schools_are_made_in_a_minute_and_pass_the_audit(capsys: pytest.CaptureFixture[str]) -> None:
    # Our own share of the time: what other processes of a busy machine take is none of ours.
    began = time.process_time()

    seed(now=NOW, tell=lambda name, done, total: None)

    spent = time.process_time() - began
    added = seed(now=NOW + timedelta(days=1), tell=lambda name, done, total: None)
    assert spent < SECONDS
    assert all(count > 0 for count in added.values())
    for school in School.objects.all():
        with in_school(school.pk):
            assert 5700 <= Lesson.objects.count() <= 6900
            assert 150 <= Incident.objects.count() <= 350
    call_command("audit")
    checks = capsys.readouterr().out.splitlines()
    assert len(checks) > 5
    assert [line for line in checks if " findings" in line and not line.endswith(" 0 findings")] == []
