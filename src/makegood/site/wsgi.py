"""The entry point of the web server."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from makegood.postgres.roles import refuse_unsafe_login
from makegood.site.content_types import answer_readable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.site.settings")
os.environ.setdefault("MAKEGOOD_PROCESS", "web")

application = answer_readable(get_wsgi_application())

# Row-level security must bind the login of every page: a server that cannot promise that does not start.
refuse_unsafe_login(dsn=settings.DIRECT_ADDRESS)

# Every view is imported before the server listens: the kernel gives a process its share of the requests at once.
get_resolver().url_patterns  # noqa: B018
