-- One decision's writes, bare: the rows that the engine leaves, without finding anything out first.
-- Each client walks through its own requests, three decisions each; `n` begins at -1.
\set n :n + 1
\set stage 1 + :n % 3
\set id :first + :client_id * :share + :n / 3
\set seq 1 + 2 * :stage
{begin}
INSERT INTO decision (request, requester, holder, stage, approver, approver_name, approver_title,
                      basis, verdict, reason, content_hash, decided_at)
SELECT id, requester, holder, :stage, concat('approver-', :stage::int), 'Ben Okafor',
       'Finance Manager, General Ledger', 'one of Finance managers', 'approve', '', content_hash,
       statement_timestamp()
FROM request WHERE id = :id;
\if :stage < 3
UPDATE request SET state = 'pending', version = :stage, stages = '{stages}',
                   stage_number = :stage + 1,
                   stage_due_at = statement_timestamp() + interval '8 hours', settled_at = NULL
WHERE id = :id;
\else
UPDATE request SET state = 'approved', version = :stage, stage_number = :stage,
                   stage_due_at = statement_timestamp() + interval '8 hours',
                   settled_at = statement_timestamp()
WHERE id = :id;
INSERT INTO access_grant (id, state, version, holder, entitlement, system, account, resource,
                          permission, duration, ordered_at, alarmed)
SELECT id, 'provisioning', 0, holder, entitlement, 'aws', concat(holder, '@acme.example'),
       'aws/production', entitlement, duration, statement_timestamp(), false
FROM request WHERE id = :id;
\endif
INSERT INTO audit_entry (stream, stream_seq, prev_hash, salt, body, digest, leaf_hash, action,
                         actor, at, request, requester, holder, entitlement, system)
VALUES (concat('JIT-', :id::bigint), :seq, '{hash}', '{salt}', '{decided}', '{hash}', '{hash}',
        'decision.approved', 'ben.okafor', statement_timestamp(), :id, 'holder-1234',
        'holder-1234', 'staged-1', 'aws'),
       (concat('JIT-', :id::bigint), :seq + 1, '{hash}', '{salt}', '{opened}', '{hash}', '{hash}',
        'stage.opened', 'jitbot', statement_timestamp(), :id, 'holder-1234', 'holder-1234',
        'staged-1', 'aws');
INSERT INTO audit_stream (name, seq, hash) VALUES (concat('JIT-', :id::bigint), :seq + 1, '{hash}')
ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;
\if :stage < 3
INSERT INTO effect (kind, request, platform, exclusive) VALUES ('announce', :id, 'playground', '')
ON CONFLICT (kind, request, platform) DO UPDATE SET
    generation = effect.generation + 1, exclusive = excluded.exclusive, next_at = excluded.next_at;
\else
INSERT INTO effect (kind, request, platform, exclusive)
VALUES ('announce', :id, 'playground', ''),
       ('provision', :id, '', 'aws/aws/production/staged-1/holder-1234@acme.example')
ON CONFLICT (kind, request, platform) DO UPDATE SET
    generation = effect.generation + 1, exclusive = excluded.exclusive, next_at = excluded.next_at;
\endif
{commit}
