"""Statements worth trying in the example company's databases (examples/acme/ledger.sql)."""

from __future__ import annotations

from adapters.chat.playground.try_it import Prepared

ACME = (
    Prepared(
        system="ledger",
        label="Post a journal",
        statement=(
            "insert into journals (debit_account, credit_account, amount, memo)\n"
            "values ('6400 Freight', '2100 Accrued expenses', 9630.00, 'Q4 accrual')"
        ),
        entitlement="netsuite-gl",
    ),
    Prepared(
        system="ledger",
        label="Enter a bill",
        # A vendor's bill number is unique: each run makes its own.
        statement=(
            "insert into bills (vendor, number, amount, due_on)\n"
            "values ('Lumen Energy', to_char(clock_timestamp(), 'YYMMDDHH24MISSMS'),\n"
            "        480.00, current_date + 30)"
        ),
        entitlement="netsuite-ap",
    ),
    Prepared(
        system="ledger",
        label="Read the journals",
        statement=(
            "select reference, period, debit_account, credit_account, amount, posted_by\n"
            "from journals order by id desc limit 5"
        ),
        entitlement="netsuite-reports",
    ),
    Prepared(
        system="payments",
        label="Read the payments",
        statement="select reference, amount, status, prepared_by from payments order by id desc",
        entitlement="payments-db",
    ),
)
