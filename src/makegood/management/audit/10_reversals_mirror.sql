-- A reversal takes back exactly one transfer, once and whole.
SELECT reversal.school_id, CASE
    WHEN original.id IS NULL THEN format('reversal %s reverses nothing of its school', reversal.id)
    WHEN (reversal.kind, reversal.source, reversal.number, reversal.amount_minor, reversal.currency, reversal.debit_id, reversal.credit_id)
         <> (original.kind || '_reversal', original.source, original.number, original.amount_minor, original.currency, original.credit_id, original.debit_id)
      THEN format('reversal %s does not mirror transfer %s', reversal.id, original.id)
    WHEN count(*) OVER (PARTITION BY reversal.school_id, reversal.reverses_id) > 1
      THEN format('transfer %s is reversed more than once', original.id)
  END
FROM makegood_transfer AS reversal
  LEFT JOIN makegood_transfer AS original ON (original.school_id, original.id) = (reversal.school_id, reversal.reverses_id)
WHERE reversal.reverses_id IS NOT NULL OR reversal.kind LIKE '%\_reversal'
