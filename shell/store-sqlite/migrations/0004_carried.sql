-- What was billed of an account, as of its last invoice (docs/adr/0039). Derived: a row that is not
-- there, or of another shape, is made again from the invoices.
CREATE TABLE carried (
    account TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    shape BIGINT NOT NULL,
    content TEXT NOT NULL
);
