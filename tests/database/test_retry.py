"""What lost a conflict runs again, as a whole; what was refused does not."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from makegood.database.retry import RETRIES, run_with_retries

SENTENCES = {
    "40001": "DO $$ BEGIN RAISE 'lost' USING ERRCODE = '40001'; END $$",
    "40P01": "DO $$ BEGIN RAISE 'lost' USING ERRCODE = '40P01'; END $$",
    "55P03": "DO $$ BEGIN RAISE 'waited' USING ERRCODE = '55P03'; END $$",
    "23P01": "DO $$ BEGIN RAISE 'taken' USING ERRCODE = '23P01'; END $$",
}


class UseCase:
    """Fails with `sqlstate` a number of times, then succeeds."""

    def __init__(self, *, sqlstate: str, failures: int) -> None:
        self.sqlstate = sqlstate
        self.failures = failures
        self.runs = 0

    def __call__(self) -> str:
        self.runs += 1
        with transaction.atomic(), connection.cursor() as cursor:
            if self.runs <= self.failures:
                cursor.execute(SENTENCES[self.sqlstate])
        return "done"


@pytest.mark.django_db(transaction=True)
def test_losers_of_a_conflict_run_again_at_most_three_times() -> None:
    for sqlstate in ("40001", "40P01"):
        lucky, unlucky = UseCase(sqlstate=sqlstate, failures=RETRIES), UseCase(sqlstate=sqlstate, failures=RETRIES + 1)

        assert run_with_retries(lucky) == "done"
        with pytest.raises(OperationalError):
            run_with_retries(unlucky)
        assert (lucky.runs, unlucky.runs) == (4, 4)


@pytest.mark.django_db(transaction=True)
def test_refusals_and_timeouts_are_not_repeated() -> None:
    for sqlstate, error in (("23P01", IntegrityError), ("55P03", OperationalError)):
        use_case = UseCase(sqlstate=sqlstate, failures=1)

        with pytest.raises(error):
            run_with_retries(use_case)
        assert use_case.runs == 1


@pytest.mark.django_db
def test_inside_an_open_transaction_nothing_is_repeated() -> None:
    use_case = UseCase(sqlstate="40001", failures=1)

    with pytest.raises(OperationalError):
        run_with_retries(use_case)
    assert use_case.runs == 1
