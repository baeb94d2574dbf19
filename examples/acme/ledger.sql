-- Acme's finance database: what the example company's entitlements really open.
--
-- PostgreSQL 14 to 18, as a superuser, in a database of its own. May be run again at any time: it
-- puts right what is there, and never touches who holds what.
--
--   tables           vendors, bills, payments, journals, with a few rows each
--   group roles      one per entitlement, with exactly its privileges; nobody can log in as one
--   login roles      one per person of people.yaml, with no privilege but to connect
--   jit_connector    what the bot logs in as: may give and take exactly those roles, may end
--                    sessions, and can do nothing else

BEGIN;

-- Two runs at once would fail over the same roles.
SELECT pg_advisory_xact_lock(20260107);

-- ── tables ──────────────────────────────────────────────────────────────────────────────────────

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;

CREATE TABLE IF NOT EXISTS vendors (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    country       char(2) NOT NULL,
    bank_account  text NOT NULL,
    active        boolean NOT NULL DEFAULT true
);

CREATE TABLE IF NOT EXISTS bills (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vendor     text NOT NULL REFERENCES vendors (name),
    number     text NOT NULL,
    amount     numeric(14, 2) NOT NULL CHECK (amount > 0),
    due_on     date NOT NULL,
    status     text NOT NULL DEFAULT 'entered' CHECK (status IN ('entered', 'approved', 'paid')),
    entered_by text NOT NULL DEFAULT session_user,
    UNIQUE (vendor, number)
);

CREATE TABLE IF NOT EXISTS payments (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference   text NOT NULL UNIQUE,
    bill        integer REFERENCES bills (id),
    amount      numeric(14, 2) NOT NULL CHECK (amount > 0),
    status      text NOT NULL DEFAULT 'prepared' CHECK (status IN ('prepared', 'sent', 'settled', 'failed')),
    prepared_by text NOT NULL DEFAULT session_user
);

CREATE TABLE IF NOT EXISTS journals (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference      text UNIQUE,
    period         text NOT NULL DEFAULT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM'),
    debit_account  text NOT NULL,
    credit_account text NOT NULL,
    amount         numeric(14, 2) NOT NULL CHECK (amount > 0),
    memo           text NOT NULL DEFAULT '',
    posted_by      text NOT NULL DEFAULT session_user,
    posted_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (debit_account <> credit_account)
);

INSERT INTO vendors (name, country, bank_account) VALUES
    ('Northwind Paper',        'US', 'US64 0210 0002 1234 5678'),
    ('Baltic Freight',         'PL', 'PL61 1090 1014 0000 0712 1981 2874'),
    ('Lumen Energy',           'DE', 'DE89 3704 0044 0532 0130 00'),
    ('Cedar Office Leasing',   'US', 'US12 0260 0959 3100 0042'),
    ('Hikari Semiconductors',  'JP', 'JP00 0005 0010 1234 567')
ON CONFLICT DO NOTHING;

INSERT INTO bills (vendor, number, amount, due_on, status, entered_by) VALUES
    ('Northwind Paper',       'NP-20871',    1284.50, '2025-11-14', 'paid',     'carlos_mendez'),
    ('Baltic Freight',        'BF/2025/1190', 18250.00, '2025-11-28', 'paid',   'amara_nwosu'),
    ('Lumen Energy',          '90011724',    7421.88, '2025-12-05', 'approved', 'carlos_mendez'),
    ('Cedar Office Leasing',  'DEC-2025',   42000.00, '2025-12-01', 'approved', 'amara_nwosu'),
    ('Hikari Semiconductors', 'HS-55102',  118900.00, '2025-12-19', 'entered',  'carlos_mendez'),
    ('Baltic Freight',        'BF/2025/1244', 9630.00, '2025-12-30', 'entered', 'amara_nwosu')
ON CONFLICT DO NOTHING;

INSERT INTO payments (reference, bill, amount, status, prepared_by)
SELECT 'RUN-2025-11-' || lpad(row_number() OVER (ORDER BY id)::text, 3, '0'),
       id, amount, 'settled', 'peter_novak'
FROM bills WHERE status = 'paid'
ON CONFLICT DO NOTHING;

INSERT INTO journals (reference, period, debit_account, credit_account, amount, memo, posted_by) VALUES
    ('JE-10231', '2025-10', '6100 Rent',          '2000 Accounts payable', 42000.00, 'Office lease, October',        'liam_murphy'),
    ('JE-10232', '2025-10', '6400 Freight',       '2000 Accounts payable', 18250.00, 'Baltic Freight, BF/2025/1190', 'riya_patel'),
    ('JE-10233', '2025-10', '5000 Cost of sales', '1400 Inventory',        96310.40, 'Goods shipped in October',     'yuki_tanaka'),
    ('JE-10234', '2025-11', '6200 Energy',        '2100 Accrued expenses',  7400.00, 'Energy, November, estimate',   'riya_patel'),
    ('JE-10235', '2025-11', '2000 Accounts payable', '1000 Cash',         19534.50, 'Payment run, November',        'liam_murphy')
ON CONFLICT DO NOTHING;

-- ── roles ───────────────────────────────────────────────────────────────────────────────────────

DO $$
DECLARE
    name text;
    groups constant text[] := ARRAY[
        'netsuite_gl', 'netsuite_ap', 'netsuite_reports', 'netsuite_vendors', 'netsuite_pay',
        'payments_rw', 'payments_ro'];
    people constant text[] := ARRAY[
        'grace_lindqvist', 'helen_moreau', 'daniel_cho', 'fatima_rahman', 'ingrid_solberg',
        'victor_amadi', 'james_whitaker', 'sofia_almeida', 'ben_okafor', 'marta_kowalska',
        'riya_patel', 'liam_murphy', 'yuki_tanaka', 'carlos_mendez', 'amara_nwosu',
        'olga_petrova', 'peter_novak', 'aisha_farouk', 'kenji_ito', 'tomas_silva', 'li_wei',
        'marcus_webb', 'emily_clarke', 'arjun_mehta', 'hannah_schmidt'];
BEGIN
    FOREACH name IN ARRAY groups LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', name);
    END LOOP;

    FOREACH name IN ARRAY people LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', name);
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
    END LOOP;

    -- NOINHERIT: before PostgreSQL 16, who may give a role is also a member of it, and this keeps
    -- the connector from using it in passing. From 16 on, it is no member in any usable sense.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jit_connector') THEN
        CREATE ROLE jit_connector LOGIN NOINHERIT NOCREATEDB NOCREATEROLE CONNECTION LIMIT 50;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO jit_connector', current_database());
    GRANT pg_signal_backend TO jit_connector;

    FOREACH name IN ARRAY groups LOOP
        IF current_setting('server_version_num')::int >= 160000 THEN
            EXECUTE format(
                'GRANT %I TO jit_connector WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', name);
        ELSE
            EXECUTE format('GRANT %I TO jit_connector WITH ADMIN OPTION', name);
        END IF;
    END LOOP;
END
$$;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

-- Who did it, and when, is filled in by the database, so nobody may write those columns.

GRANT SELECT, INSERT (reference, period, debit_account, credit_account, amount, memo)
    ON journals TO netsuite_gl;

GRANT SELECT, INSERT (vendor, number, amount, due_on), UPDATE (amount, due_on)
    ON bills TO netsuite_ap;
GRANT SELECT (id, name, country, active) ON vendors TO netsuite_ap;

GRANT SELECT ON journals, bills, payments TO netsuite_reports;
GRANT SELECT (id, name, country, active) ON vendors TO netsuite_reports;

GRANT SELECT, INSERT (name, country, bank_account), UPDATE (name, country, bank_account, active)
    ON vendors TO netsuite_vendors;

GRANT SELECT ON bills, vendors TO netsuite_pay;
GRANT SELECT, INSERT (reference, bill, amount) ON payments TO netsuite_pay;

GRANT SELECT, INSERT (reference, bill, amount), UPDATE (amount, status)
    ON payments TO payments_rw;
GRANT SELECT ON payments TO payments_ro;

COMMIT;
