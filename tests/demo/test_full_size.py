"""The demo as a visitor gets it: made once at full size by the command, both schools side by side, and audited."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from makegood.demo.seeding import seed
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import Lesson
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from tests.databases import TestDatabase

# Long enough ago that no clock of a test machine is behind it; the end of a month in Manila is near.
NOW = datetime(2026, 3, 31, 15, 5, tzinfo=UTC)
SECONDS = 60


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.django_db(transaction=True, databases=["default", "auditor"])
def test_both_schools_are_made_in_a_minute_and_pass_the_audit(
    database: TestDatabase,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.STATE_DIRECTORY = tmp_path
    monkeypatch.setenv("MAKEGOOD_STATE_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "makegood.site.settings")
    monkeypatch.setenv("DATABASE_URL", database.app_dsn)
    # Our own share of the time: what other processes of a busy machine take is none of ours.
    began = time.process_time()

    call_command("seed_demo", "--at", NOW.isoformat())

    assert time.process_time() - began < SECONDS
    made = [line for line in capsys.readouterr().out.splitlines() if line.endswith("lessons added.")]
    assert [line.split(":")[0] for line in made] == ["Marigold", "Larkspur"]
    added = seed(now=NOW + timedelta(days=1), tell=lambda name, done, total: None)
    assert all(count > 0 for count in added.values())
    for school in School.objects.all():
        with in_school(school.pk):
            assert 5700 <= Lesson.objects.count() <= 6900
            assert 150 <= Incident.objects.count() <= 350
    call_command("audit")
    checks = capsys.readouterr().out.splitlines()
    assert len(checks) > 5
    assert [line for line in checks if " findings" in line and not line.endswith(" 0 findings")] == []
