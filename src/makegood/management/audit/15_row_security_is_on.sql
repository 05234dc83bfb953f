-- Every product table with a school has its policy, enabled and forced; the app's role is bound by it.
SELECT NULL::bigint, CASE
    WHEN NOT relrowsecurity OR NOT relforcerowsecurity THEN format('row-level security of %s is not enabled and forced', relname)
    WHEN NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polcmd = '*' AND polwithcheck IS NOT NULL
                       AND polname = 'rows_of_the_school_of_the_transaction')
      THEN format('%s has lost its policy', relname)
    WHEN pg_get_userbyid(relowner) = 'makegood_app' THEN format('%s is owned by makegood_app', relname)
    WHEN has_table_privilege('makegood_app', pg_class.oid, 'DELETE, TRUNCATE, TRIGGER')
      THEN format('makegood_app may delete from %s', relname)
  END
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname LIKE 'makegood\_%'
  AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'school_id' AND NOT attisdropped)
UNION ALL
SELECT NULL, CASE WHEN rolsuper OR rolbypassrls THEN 'makegood_app is not bound by row-level security' END
FROM pg_roles WHERE rolname = 'makegood_app'
