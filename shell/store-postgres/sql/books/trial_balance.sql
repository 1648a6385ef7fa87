SELECT
    book, seller, currency, account,
    CAST(SUM(debit) AS BIGINT),
    CAST(SUM(credit) AS BIGINT)
FROM ledger_lines
GROUP BY book, seller, currency, account
ORDER BY book, seller, currency, account
