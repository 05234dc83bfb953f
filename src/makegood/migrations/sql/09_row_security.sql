-- Row-level security: a transaction sees and writes the rows of the one school it has set, and none without one.
-- FORCE binds the owner too; only a role with BYPASSRLS (the auditor) sees across schools.
-- The setting reads back as '' after a transaction that had it, hence nullif.
DO $$
DECLARE inside text;
BEGIN
  FOREACH inside IN ARRAY ARRAY[
    'account', 'assessment', 'consequence', 'consequenceend', 'deliveryattempt', 'event', 'idempotencykey', 'incident',
    'incidentdecision', 'incidentwithdrawal', 'invitation', 'lesson', 'membership', 'message', 'payperiod',
    'policyversion', 'quote', 'rolegrant', 'transfer'
  ] LOOP
    EXECUTE format('ALTER TABLE makegood_%s ENABLE ROW LEVEL SECURITY', inside);
    EXECUTE format('ALTER TABLE makegood_%s FORCE ROW LEVEL SECURITY', inside);
    EXECUTE format(
      $p$CREATE POLICY rows_of_the_school_of_the_transaction ON makegood_%s
           USING (school_id = nullif(current_setting('makegood.school_id', true), '')::bigint)
           WITH CHECK (school_id = nullif(current_setting('makegood.school_id', true), '')::bigint)$p$, inside);
  END LOOP;
END $$;

-- The school switcher: without a school, a person sees their own memberships and roles, and nothing else.
CREATE POLICY own_memberships_when_no_school_is_set ON makegood_membership FOR SELECT
  USING (nullif(current_setting('makegood.school_id', true), '') IS NULL
         AND person_id = nullif(current_setting('makegood.person_id', true), '')::bigint);
CREATE POLICY own_roles_when_no_school_is_set ON makegood_rolegrant FOR SELECT
  USING (nullif(current_setting('makegood.school_id', true), '') IS NULL
         AND EXISTS (
           SELECT FROM makegood_membership AS own
           WHERE (own.school_id, own.id) = (makegood_rolegrant.school_id, membership_id)
             AND own.person_id = nullif(current_setting('makegood.person_id', true), '')::bigint));
