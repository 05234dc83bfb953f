-- Every live assessment with a penalty has its posting, whole and to its own teacher; every superseded one is reversed;
-- nothing else is posted as a penalty.
WITH assessed AS (
  SELECT assessment.*, incident.teacher_id,
         number = max(number) OVER (PARTITION BY assessment.school_id, assessment.incident_id) AS is_live
  FROM makegood_assessment AS assessment
    JOIN makegood_incident AS incident ON (incident.school_id, incident.id) = (assessment.school_id, assessment.incident_id)
),
posted AS (
  SELECT posting.*, reversal.id IS NOT NULL AS is_reversed, account.membership_id AS payer
  FROM makegood_transfer AS posting
    LEFT JOIN makegood_transfer AS reversal ON (reversal.school_id, reversal.reverses_id) = (posting.school_id, posting.id)
    LEFT JOIN makegood_account AS account
      ON account.school_id = posting.school_id AND account.id IN (posting.debit_id, posting.credit_id)
         AND account.membership_id IS NOT NULL
  WHERE posting.kind = 'penalty'
)
SELECT coalesce(assessed.school_id, posted.school_id), CASE
    WHEN assessed.id IS NULL THEN format('transfer %s posts a penalty that nobody assessed', posted.id)
    WHEN posted.id IS NULL AND penalty_minor = 0 THEN NULL
    WHEN posted.id IS NULL THEN format('assessment %s was never posted', assessed.id)
    WHEN (posted.amount_minor, posted.currency) IS DISTINCT FROM (penalty_minor, assessed.currency)
      THEN format('transfer %s posts another amount than assessment %s', posted.id, assessed.id)
    WHEN posted.payer IS DISTINCT FROM teacher_id
      THEN format('transfer %s charges another teacher than assessment %s', posted.id, assessed.id)
    WHEN is_live AND is_reversed THEN format('the posting of live assessment %s is reversed', assessed.id)
    WHEN NOT is_live AND NOT is_reversed THEN format('the posting of superseded assessment %s is not reversed', assessed.id)
  END
FROM assessed FULL JOIN posted ON posted.school_id = assessed.school_id AND posted.source = assessed.id
