"""`./run manage ...`: one command with a database at hand, the running demo's or one started for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from makegood.door import demo, named_server, variables
from makegood.door import installation as installations
from makegood.door.database import OwnCluster
from makegood.door.installation import Installation
from makegood.processes import lock, survivors

# How long a command waits for a demo that is just starting.
PATIENCE_SECONDS = 120


def run(installation: Installation, arguments: list[str]) -> int:
    """Run one management command and return its exit status."""
    try:
        with _databases(installation, arguments) as (databases, address):
            own_secrets = installations.read_secrets(installation)
            environment = variables.for_product(
                installation=installation,
                signing_key=own_secrets["signing_key"],
                push_key=own_secrets["push_key"],
                databases=databases,
                address=address,
                mark=survivors.new_mark(),
                surroundings=os.environ,
            )
            return _call(arguments, environment)
    except (*demo.STOPPERS, demo.StageFailed) as reason:
        print(reason, file=sys.stderr)
        return 1


def _call(arguments: list[str], environment: Mapping[str, str]) -> int:
    process = subprocess.Popen([sys.executable, "-P", "-m", "makegood.manage", *arguments], env=dict(environment))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The command got Ctrl-C as well and ends by itself; its database is stopped after it.
            continue


@contextmanager
def _databases(installation: Installation, arguments: list[str]) -> Iterator[tuple[Mapping[str, str], str]]:
    """Give the variables of the database and the address of the pages."""
    holder = {"kind": "command", "pid": str(os.getpid()), "command": " ".join(["./run manage", *arguments[:1]])}
    while True:
        try:
            with lock.held(installation.lock, holder=holder):
                with _alone(installation) as databases:
                    yield databases, "http://localhost:8000"
                return
        except lock.Busy as busy:
            if busy.holder.get("kind") == "demo":
                yield _of_running_demo(installation)
                return
            time.sleep(0.1)


@contextmanager
def _alone(installation: Installation) -> Iterator[Mapping[str, str]]:
    former = demo.read_record(installation).get("mark")
    if former:
        survivors.end(former)
    if os.environ.get("DATABASE_URL"):
        yield named_server.addresses(os.environ)
        return
    own = OwnCluster(installation=installation, passwords=installations.read_secrets(installation), environment={})
    running = own.start()
    try:
        yield own.addresses()
    finally:
        running.stop()


def _of_running_demo(installation: Installation) -> tuple[Mapping[str, str], str]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        record = demo.read_record(installation)
        if "environment" in record:
            return json.loads(record["environment"]), record["address"]
        if time.monotonic() > deadline:
            message = f"The demo is still starting after {PATIENCE_SECONDS} seconds. Its logs: {installation.logs}"
            raise demo.StageFailed(message)
        time.sleep(0.1)
