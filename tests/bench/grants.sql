-- A hundred thousand people's access, as it would stand after years; only the owner may write this.
ALTER TABLE request DISABLE TRIGGER USER;
ALTER TABLE access_grant DISABLE TRIGGER USER;
INSERT INTO request (id, state, version, requester, holder, entitlement, duration, reason,
                     config_version, stages, content_hash, submitted_at, stage_number,
                     stage_due_at, settled_at)
SELECT n, 'approved', 1, concat('holder-', n % {people}), concat('holder-', n % {people}),
       concat('quick-', 1 + n / {people}), interval '4 hours', 'a reason that is long enough', 1,
       '[{{"number": 1, "name": "System owner", "quorum": 1, "limit": 86400.0,
          "asked": [{{"person": "tomas.silva", "basis": "owner of AWS production"}}]}}]',
       encode(sha256(n::text::bytea), 'hex'), now() - interval '1 hour', 1,
       now() + interval '23 hours', now() - interval '1 hour'
FROM generate_series(0, {grants} - 1) AS n;
INSERT INTO access_grant (id, state, version, holder, entitlement, system, account, resource,
                          permission, duration, ordered_at, held_before, starts_at, ends_at,
                          alarmed)
SELECT id, 'active', 2, holder, entitlement, 'aws', concat(holder, '@acme.example'),
       'aws/production', entitlement, duration, submitted_at, false, submitted_at,
       now() + interval '1 hour' + random() * interval '29 days', false
FROM request;
SELECT setval(pg_get_serial_sequence('request', 'id'), {grants});
ALTER TABLE request ENABLE TRIGGER USER;
ALTER TABLE access_grant ENABLE TRIGGER USER;
