INSERT INTO ledger_lines (
    entry, line, book, seller, posted_on, currency, account, debit, credit, party,
    invoice_line
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
