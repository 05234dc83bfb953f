"""The variables `./run` gives to the processes it starts."""

from __future__ import annotations

from collections.abc import Mapping

from makegood.door.installation import Installation
from makegood.processes.survivors import MARK_VARIABLE


def for_product(
    *,
    installation: Installation,
    signing_key: str,
    push_key: str,
    databases: Mapping[str, str],
    address: str,
    mark: str,
    surroundings: Mapping[str, str],
) -> dict[str, str]:
    """Return the whole environment of a process. What somebody has set themselves stays, but for the databases."""
    defaults = {
        "MAKEGOOD_SECRET_KEY": signing_key,
        "MAKEGOOD_PUSH_KEY": push_key,
        "MAKEGOOD_ADDRESS": address,
        "MAKEGOOD_DEMO": "true",
        "PYTHONUNBUFFERED": "1",
    }
    return {
        **defaults,
        **surroundings,
        **databases,
        # Another project's value, exported in somebody's shell, must not reach us.
        "DJANGO_SETTINGS_MODULE": "makegood.site.settings",
        "MAKEGOOD_STATE_DIRECTORY": str(installation.state),
        MARK_VARIABLE: mark,
    }
