-- Whatever was recorded of the account's bills since, it does not have.
SELECT position, shape, content
FROM carried
WHERE account = $1
    AND NOT EXISTS (
        SELECT 1
        FROM facts INDEXED BY facts_about
        WHERE kind IN ('AccountRegistered', 'InvoiceIssued', 'CreditNoteIssued')
            AND subject = carried.account
            AND sequence > carried.position
    )
