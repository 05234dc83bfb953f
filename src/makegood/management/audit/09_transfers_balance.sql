-- Every transfer is positive, between two accounts of its school and currency, and inside an existing pay period; so the
-- balances of each school and currency add up to zero.
WITH sides AS (
  SELECT school_id, debit_id AS account_id, amount_minor FROM makegood_transfer
  UNION ALL
  SELECT school_id, credit_id, -amount_minor FROM makegood_transfer
),
balances AS (
  SELECT account.school_id, account.currency, sum(sides.amount_minor) AS balance
  FROM makegood_account AS account
    JOIN sides ON (sides.school_id, sides.account_id) = (account.school_id, account.id)
  GROUP BY account.school_id, account.currency
)
SELECT transfer.school_id, CASE
    WHEN transfer.amount_minor <= 0 THEN format('transfer %s moves %s', transfer.id, transfer.amount_minor)
    WHEN transfer.debit_id = transfer.credit_id THEN format('transfer %s has one account', transfer.id)
    WHEN debit.id IS NULL OR credit.id IS NULL THEN format('an account of transfer %s is not of its school', transfer.id)
    WHEN (debit.currency, credit.currency) IS DISTINCT FROM (transfer.currency, transfer.currency)
      THEN format('an account of transfer %s has another currency', transfer.id)
    WHEN period.id IS NULL THEN format('transfer %s is in no pay period of its school', transfer.id)
  END
FROM makegood_transfer AS transfer
  LEFT JOIN makegood_account AS debit ON (debit.school_id, debit.id) = (transfer.school_id, transfer.debit_id)
  LEFT JOIN makegood_account AS credit ON (credit.school_id, credit.id) = (transfer.school_id, transfer.credit_id)
  LEFT JOIN makegood_payperiod AS period ON (period.school_id, period.id) = (transfer.school_id, transfer.period_id)
UNION ALL
SELECT school_id, format('the accounts in %s add up to %s', currency, balance) FROM balances WHERE balance <> 0
