SELECT account, position, shape, content
FROM carried
WHERE account = ANY(CAST($1 AS TEXT[]))
    AND NOT EXISTS (
        SELECT 1
        FROM facts
        WHERE kind IN ('AccountRegistered', 'InvoiceIssued', 'CreditNoteIssued')
            AND subject = carried.account
            AND sequence > carried.position
    )
