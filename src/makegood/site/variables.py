"""Every variable the product reads from its environment. `settings.py` is their only reader.

One variable per field; its comment is its documentation. A missing or malformed one stops the
start with a sentence that names it. `docs/operations.md` tells where each comes from.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, NoReturn

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Variables(BaseSettings):
    """What the surroundings must or may tell the product."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, case_sensitive=False)

    # --- secrets ---------------------------------------------------------------------------------------------
    # Signs sessions, quotes and links: 50 or more random characters. Changing it signs everybody out.
    makegood_secret_key: SecretStr = Field(min_length=32)
    # Former keys, comma-separated: what they signed stays valid while a key is being replaced.
    makegood_former_secret_keys: SecretStr = SecretStr("")

    # --- database --------------------------------------------------------------------------------------------
    # The app role; may go through a transaction-pooling proxy (then set DATABASE_POOLED).
    database_url: SecretStr
    # The app role without a pooling proxy, for LISTEN and the worker. Default: DATABASE_URL.
    database_direct_url: SecretStr | None = None
    # The owner of the tables: only migrations and roles use it.
    database_owner_url: SecretStr | None = None
    # A read-only login with BYPASSRLS: only `manage audit` uses it.
    database_audit_url: SecretStr | None = None
    # True when DATABASE_URL goes through a proxy in transaction-pooling mode.
    database_pooled: bool = False
    # Which login this process takes: set by the product's own commands, not by hand.
    makegood_database_login: Literal["app", "owner"] = "app"
    # What this process is: jobs may run longer statements than pages. Set by the product's own commands.
    makegood_process: Literal["web", "worker", "command"] = "command"

    # --- addresses -------------------------------------------------------------------------------------------
    # Where people reach the product. Passkeys belong to this host name, so changing it invalidates them.
    makegood_address: str = "http://localhost:8000"
    # Where the worker asks every minute whether the pages answer. Default: MAKEGOOD_ADDRESS, the way people take.
    makegood_ready_address: str = ""
    # Further host names, comma-separated.
    makegood_further_hosts: str = ""
    # How many proxies of yours stand before the product: so many last addresses in X-Forwarded-For are believed.
    makegood_trusted_proxies: int = Field(default=0, ge=0, le=10)

    # --- mail ------------------------------------------------------------------------------------------------
    # smtp://name:password@host:587?tls=1, smtps://..., or file: (into the state directory's folder `mail`).
    makegood_mail_url: SecretStr = SecretStr("file:")
    makegood_mail_from: str = "Makegood <no-reply@localhost>"

    # --- push ------------------------------------------------------------------------------------------------
    # The private key by which push services of browsers know us: 32 bytes, base64url. Without it push is not offered;
    # another key ends every subscription. docs/operations.md tells how to make one.
    makegood_push_key: SecretStr = SecretStr("")

    # --- machine ---------------------------------------------------------------------------------------------
    # Where files of this installation are kept: mail of the demo, collected style sheets, uploads.
    makegood_state_directory: Path = Field(default=Path("var"))
    # The demo: sign-ins are listed on its sign-in page and no second factor is asked.
    makegood_demo: bool = False
    # Shows error pages with code. Never on a machine that others reach.
    makegood_debug: bool = False
    # Lines for people or one JSON object per line.
    makegood_log_format: Literal["lines", "json"] = "lines"
    makegood_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("makegood_address", "makegood_ready_address")
    @classmethod
    def _needs_a_scheme(cls, address: str) -> str:
        if address and not address.startswith(("http://", "https://")):
            message = "must start with http:// or https://"
            raise ValueError(message)
        return address.rstrip("/")


def read() -> Variables:
    """Read the environment, or end the process with one sentence per variable that is missing or wrong."""
    try:
        return Variables()
    except ValidationError as error:
        _stop(error)


def _stop(error: ValidationError) -> NoReturn:
    lines = ["Makegood cannot start, because its environment is incomplete:"]
    for fault in error.errors(include_input=False, include_url=False):
        name = str(fault["loc"][0]).upper()
        problem = "is not set" if fault["type"] == "missing" else fault["msg"]
        lines.append(f"  {name}: {problem}.")
    lines.append("docs/operations.md tells what each variable means. `./run` sets all of them for the demo.")
    sys.exit("\n".join(lines))
