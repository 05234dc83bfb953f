"""The three roles: making them again changes nothing, and the product refuses a login that is not bound."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from makegood.door import named_server
from makegood.postgres import roles
from tests.databases import ROLE_PASSWORD, TestDatabase


def test_roles_may_be_provisioned_twice(database_cluster: str, fresh_database: TestDatabase) -> None:
    roles.provision(superuser_dsn=database_cluster, passwords=dict.fromkeys(roles.ALL, ROLE_PASSWORD))
    roles.provision_database(superuser_dsn=database_cluster, database=fresh_database.name)

    roles.refuse_unsafe_login(dsn=fresh_database.app_dsn)


@pytest.mark.parametrize(
    ("role", "reason"), [("owner", "makegood_owner owns tables"), ("auditor", "makegood_auditor has BYPASSRLS")]
)
def test_unbound_login_is_refused(fresh_database: TestDatabase, role: str, reason: str) -> None:
    with pytest.raises(roles.UnsafeLogin, match=f"The database login {reason}, so nothing would keep"):
        roles.refuse_unsafe_login(dsn=getattr(fresh_database, f"{role}_dsn"))


def test_superuser_is_refused(database_cluster: str) -> None:
    with pytest.raises(roles.UnsafeLogin, match="postgres is a superuser"):
        roles.refuse_unsafe_login(dsn=database_cluster)


def test_one_powerful_login_is_bound_to_a_role_per_address(database_cluster: str, fresh_database: TestDatabase) -> None:
    url = make_conninfo(database_cluster, dbname=fresh_database.name)

    addresses = named_server.addresses({"DATABASE_URL": url})

    names = {}
    for name, address in addresses.items():
        with psycopg.connect(address) as connection:
            names[name] = connection.execute("SELECT current_user").fetchone()
    assert names == {
        "DATABASE_URL": ("makegood_app",),
        "DATABASE_DIRECT_URL": ("makegood_app",),
        "DATABASE_OWNER_URL": ("makegood_owner",),
        "DATABASE_AUDIT_URL": ("makegood_auditor",),
    }
    roles.refuse_unsafe_login(dsn=addresses["DATABASE_URL"])


def test_ordinary_login_is_taken_as_it_is(fresh_database: TestDatabase) -> None:
    addresses = named_server.addresses({"DATABASE_URL": fresh_database.app_dsn})

    assert addresses == {"DATABASE_URL": fresh_database.app_dsn, "DATABASE_DIRECT_URL": fresh_database.app_dsn}


def test_unreachable_server_is_named() -> None:
    with pytest.raises(named_server.ServerUnusable, match="The server in DATABASE_URL cannot be used"):
        named_server.addresses({"DATABASE_URL": "host=/nonexistent dbname=none"})
