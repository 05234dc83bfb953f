"""The product's own settings with the variables of a test run. tests/conftest.py puts the real databases in."""

from __future__ import annotations

import os
import tempfile

os.environ.update(
    MAKEGOOD_SECRET_KEY="a key for tests only, which signs nothing of worth",
    MAKEGOOD_ADDRESS="http://localhost:8000",
    MAKEGOOD_DEMO="0",
    MAKEGOOD_MAIL_URL="file:",
    MAKEGOOD_STATE_DIRECTORY=tempfile.gettempdir() + "/makegood-tests",
    MAKEGOOD_PROCESS="web",
    MAKEGOOD_DATABASE_LOGIN="app",
    DATABASE_POOLED="0",
    # Replaced before the first connection.
    DATABASE_URL="postgresql://nobody@/none",
    DATABASE_DIRECT_URL="postgresql://nobody@/none",
    DATABASE_OWNER_URL="postgresql://nobody@/none",
    DATABASE_AUDIT_URL="postgresql://nobody@/none",
)

from makegood.site.database_urls import LOCK_TIMEOUT_MILLISECONDS
from makegood.site.settings import *  # noqa: F403  # the variables come first

# No collected files: each is served from where it lies.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
# Connections must end with their test, or a cloned database could not be dropped.
for connection in DATABASES.values():  # noqa: F405
    connection["CONN_MAX_AGE"] = 0
# A test may think for long between two statements, and the machine may be busy; waiting for a lock ends as ever.
DATABASES["default"]["OPTIONS"]["options"] = f"-c lock_timeout={LOCK_TIMEOUT_MILLISECONDS}"  # noqa: F405
