INSERT INTO ledger_lines (
    entry, line, book, seller, posted_on, currency, account, debit, credit, party,
    invoice_line
)
SELECT *
FROM unnest(
    CAST($1 AS TEXT[]),
    CAST($2 AS BIGINT[]),
    CAST($3 AS TEXT[]),
    CAST($4 AS TEXT[]),
    CAST($5 AS TEXT[]),
    CAST($6 AS TEXT[]),
    CAST($7 AS TEXT[]),
    CAST($8 AS BIGINT[]),
    CAST($9 AS BIGINT[]),
    CAST($10 AS TEXT[]),
    CAST($11 AS BIGINT[])
)
