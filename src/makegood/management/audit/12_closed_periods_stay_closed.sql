-- Nothing was posted into a pay period after it was closed, and periods of a school share no day.
SELECT period.school_id, CASE
    WHEN period.starts_on < lag(period.ends_on) OVER (PARTITION BY period.school_id ORDER BY period.starts_on)
      THEN format('pay period %s overlaps the one before', period.id)
    WHEN EXISTS (SELECT FROM makegood_transfer AS transfer
                 WHERE (transfer.school_id, transfer.period_id) = (period.school_id, period.id)
                   AND transfer.posted_at > period.closed_at)
      THEN format('something was posted into pay period %s after it was closed', period.id)
  END
FROM makegood_payperiod AS period
