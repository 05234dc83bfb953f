"""Every constraint and trigger: the attack is refused; alone it still refuses it; without it, damage is done.

First the product's role attacks. Then the owner does, whose privileges hide no trigger and whom row-level security
binds too: once with the table's other guarantees taken away, so that the one in question stands alone, then without it.
"""

from __future__ import annotations

import psycopg
import pytest

from tests.guarantees import attacks, catalog
from tests.guarantees.attacks import Attack
from tests.guarantees.catalog import Connection, Guarantee
from tests.guarantees.conftest import World

STAMPING = "makegood_stamp_recorded_at"


def carry_out(connection: Connection, attack: Attack, populated: World) -> None:
    attack(connection, populated.here | {"there": populated.there})
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")


def leave_alone(connection: Connection, guarantee: Guarantee, everything: list[Guarantee]) -> None:
    """Take away all other guarantees of the table, and what would only hide the effect of the attack."""
    # A row that is referred to cannot be deleted, whatever the trigger says.
    referring = catalog.list_references_to(connection, guarantee.table) if "DELETE" in guarantee.columns else set()
    others = [
        other
        for other in everything
        if other != guarantee
        and other.name not in catalog.TARGETS_OF_REFERENCES
        and (
            other.table == guarantee.table
            or other.name in referring
            # TRUNCATE spreads to other tables, whose triggers would refuse it too.
            or ("TRUNCATE" in guarantee.columns and "TRUNCATE" in other.columns)
        )
    ]
    catalog.remove(connection, others)
    if guarantee.columns == ("school_id",):
        connection.execute(f"ALTER TABLE {guarantee.table} DISABLE ROW LEVEL SECURITY".encode())


def refused_by(connection: Connection, attack: Attack, populated: World) -> str | None:
    """Return the name of the guarantee that refused the attack, else the error; None: it succeeded."""
    try:
        with connection.transaction():
            carry_out(connection, attack, populated)
    except psycopg.Error as error:
        return error.diag.constraint_name or f"{error.sqlstate}: {error}"
    return None


def stand_and_fall(populated: World, guarantee: Guarantee, attack: Attack, everything: list[Guarantee]) -> None:
    with populated.app() as connection:
        with_all = refused_by(connection, attack, populated)
    with populated.owner() as connection:
        leave_alone(connection, guarantee, everything)
        alone = refused_by(connection, attack, populated)
        catalog.remove(connection, [guarantee])
        without = refused_by(connection, attack, populated)

    assert with_all is not None, "the attack succeeds against all guarantees together"
    assert alone == guarantee.name
    assert without is None, "the damage is prevented by something else, so this test proves nothing"


def test_every_guarantee_stands_and_falls_alone(populated: World, subtests: pytest.Subtests) -> None:
    with populated.owner() as connection:
        everything = catalog.list_guarantees(connection)

    assert len(everything) > 200
    for guarantee in everything:
        if guarantee.columns[:1] != (STAMPING,) and guarantee.name not in catalog.TARGETS_OF_REFERENCES:
            with subtests.test(guarantee.name):
                stand_and_fall(populated, guarantee, attacks.attack_on(guarantee), everything)


@pytest.mark.parametrize(
    ("name", "attack"), [(name, attack) for name, _deed, attack in attacks.FURTHER_DEEDS],
    ids=[f"{name}: {deed}" for name, deed, _attack in attacks.FURTHER_DEEDS],
)  # fmt: skip
def test_guarantee_refuses_also(populated: World, name: str, attack: Attack) -> None:
    with populated.owner() as connection:
        everything = catalog.list_guarantees(connection)

    stand_and_fall(populated, next(found for found in everything if found.name == name), attack, everything)
