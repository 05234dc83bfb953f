"""The entry point of the web server."""

from __future__ import annotations

import gc
import os
from typing import Final

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from makegood.postgres.roles import refuse_unsafe_login
from makegood.site.content_types import answer_readable

# So many new objects that stay; a page makes a few thousand and leaves hardly any.
_COLLECTED_AFTER: Final = 20_000

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.site.settings")
os.environ.setdefault("MAKEGOOD_PROCESS", "web")

application = answer_readable(get_wsgi_application())

# Row-level security must bind the login of every page: a server that cannot promise that does not start.
refuse_unsafe_login(dsn=settings.DIRECT_ADDRESS)

# Every view is imported before the server listens: the kernel gives a process its share of the requests at once.
get_resolver().url_patterns  # noqa: B018

# What was made until here stays, so the search for circles of objects need not go through it again and again; and what
# a request leaves behind is nearly all freed without that search, so it comes more rarely.
gc.collect()
gc.freeze()
gc.set_threshold(_COLLECTED_AFTER)
