-- What is given to a student, and what is taken back of it, is posted once with its amount; never more is taken back of a
-- grant than it gave and did not expire.
WITH sources AS (
  SELECT school_id, id, 'credit_bought' AS kind, credits FROM makegood_creditgrant
  UNION ALL
  SELECT school_id, id, 'credit_taken_back', credits FROM makegood_creditcorrection
)
SELECT sources.school_id, CASE
    WHEN count(transfer.id) <> 1 OR min(transfer.amount_minor) <> sources.credits
      THEN format('the %s lesson credits of %s %s are posted %s times, as %s', sources.credits, sources.kind, sources.id,
                  count(transfer.id), sum(transfer.amount_minor))
  END
FROM sources
  LEFT JOIN makegood_transfer AS transfer
    ON (transfer.school_id, transfer.kind, transfer.source) = (sources.school_id, sources.kind, sources.id)
GROUP BY sources.school_id, sources.id, sources.kind, sources.credits
UNION ALL
SELECT given.school_id, CASE
    WHEN taken.credits + coalesce(expiry.credits, 0) > given.credits
      THEN format('of the %s lesson credits of grant %s %s were taken back or expired', given.credits, given.id,
                  taken.credits + coalesce(expiry.credits, 0))
  END
FROM makegood_creditgrant AS given
  JOIN (SELECT school_id, grant_id, sum(credits) AS credits FROM makegood_creditcorrection GROUP BY school_id, grant_id)
    AS taken ON (taken.school_id, taken.grant_id) = (given.school_id, given.id)
  LEFT JOIN makegood_creditexpiry AS expiry ON (expiry.school_id, expiry.grant_id) = (given.school_id, given.id)
