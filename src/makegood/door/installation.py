"""One installation of the product: where its state lies, its secrets, and who is using it right now."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from makegood.postgres import roles

STATE_VARIABLE = "MAKEGOOD_STATE_DIRECTORY"

# RFC 5903, section 3.1: how many points P-256 has.
_ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, kw_only=True)
class Installation:
    """The folder of an installation's state: `var/` of the checkout unless a variable names another."""

    state: Path

    @property
    def lock(self) -> Path:
        """Held by the demo or by the command that uses this installation."""
        return self.state / "run" / "lock"

    @property
    def running_record(self) -> Path:
        """What the running demo, or a killed one, wrote about itself."""
        return self.state / "run" / "running.json"

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.state / "log"

    @property
    def sign_ins(self) -> Path:
        """Lines about the demo's sign-ins, written by the command that seeds it and shown at every start."""
        return self.state / "demo-sign-ins.txt"

    @property
    def seeded_record(self) -> Path:
        """Names the database that was seeded to the end."""
        return self.state / "run" / "seeded"


def find(environment: Mapping[str, str]) -> Installation:
    """Return the installation of this checkout, its folders made."""
    checkout = Path(__file__).resolve().parents[3]
    installation = Installation(state=Path(environment.get(STATE_VARIABLE) or checkout / "var").resolve())
    for folder in (installation.state, installation.logs, installation.lock.parent):
        folder.mkdir(parents=True, exist_ok=True)
    return installation


def read_secrets(installation: Installation) -> dict[str, str]:
    """Return this installation's secrets, made at the first call: the keys and a password per database role.

    Call it while holding the installation's lock.
    """
    path = installation.state / "secrets.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    missing = {"signing_key", "superuser", *roles.ALL} - found.keys()
    if missing:
        found |= {name: secrets.token_urlsafe(48) for name in missing}
    if "push_key" not in found:
        missing.add("push_key")
        found["push_key"] = _new_push_key()
    if missing:
        write_private(path, json.dumps(found, indent=2))
    return found


def _new_push_key() -> str:
    """A private key on the curve P-256, base64url, for push messages."""
    number = secrets.randbelow(_ORDER_OF_P256 - 1) + 1
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all, for nobody else to read."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
