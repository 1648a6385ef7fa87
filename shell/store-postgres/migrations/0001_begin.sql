-- The first layout. Types are those that both engines have, see `store::columns`.
-- Text that is compared or sorted has the order of its bytes, as in Rust: an invoice must not
-- depend on the language of a server.

-- The log: what happened, for ever.
CREATE TABLE facts (
    sequence BIGINT PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, key)
);
CREATE INDEX facts_about ON facts (kind, subject, sequence);

-- What the facts about a unit say now.
CREATE TABLE units (
    unit TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    order_line TEXT COLLATE "C" NOT NULL,
    shipped_at BIGINT,
    delivered_at BIGINT,
    start_at BIGINT,
    start_evidence TEXT,
    CHECK ((start_at IS NULL) = (start_evidence IS NULL))
);
CREATE INDEX units_of_account ON units (account, unit);
CREATE INDEX units_of_line ON units (order_line, unit);

-- Which serial a unit holds, held or will hold, one row a turn.
CREATE TABLE holdings (
    unit TEXT COLLATE "C" NOT NULL REFERENCES units (unit),
    position BIGINT NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    held_from BIGINT,
    held_until BIGINT,
    PRIMARY KEY (unit, position)
);
CREATE INDEX holdings_of_serial ON holdings (serial);

-- Events that took their id. The primary key is what counts an event once.
CREATE TABLE usage_events (
    source TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    arrived_on TEXT COLLATE "C" NOT NULL,
    batch TEXT COLLATE "C" NOT NULL,
    line BIGINT NOT NULL,
    meter TEXT COLLATE "C",
    subject TEXT COLLATE "C" NOT NULL,
    happened_at BIGINT NOT NULL,
    reading TEXT NOT NULL,
    dimensions TEXT NOT NULL,
    digest TEXT NOT NULL,
    fate TEXT COLLATE "C" NOT NULL CHECK (fate IN ('accepted', 'free', 'quarantined')),
    reason TEXT COLLATE "C",
    unit TEXT COLLATE "C",
    raw TEXT NOT NULL,
    PRIMARY KEY (source, id),
    CHECK ((fate = 'quarantined') = (reason IS NOT NULL)),
    CHECK ((fate = 'quarantined') = (unit IS NULL))
);
CREATE UNIQUE INDEX usage_events_arrival ON usage_events (arrived_on, batch, line);
-- A hash, because a stranger's subject can be longer than an entry of a tree may be.
CREATE INDEX usage_events_subject ON usage_events USING hash (subject);
CREATE INDEX usage_events_accepted ON usage_events (unit, happened_at) WHERE fate = 'accepted';
CREATE INDEX usage_events_quarantined ON usage_events (arrived_on, batch, line)
    WHERE fate = 'quarantined';

-- Lines that took no id.
CREATE TABLE usage_refusals (
    batch TEXT COLLATE "C" NOT NULL,
    line BIGINT NOT NULL,
    arrived_on TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('rejected', 'duplicate', 'conflict')),
    reason TEXT COLLATE "C",
    meter TEXT COLLATE "C",
    source TEXT COLLATE "C",
    id TEXT COLLATE "C",
    raw TEXT NOT NULL,
    PRIMARY KEY (batch, line),
    CHECK ((outcome = 'rejected') = (reason IS NOT NULL)),
    CHECK ((source IS NULL) = (id IS NULL))
);
CREATE INDEX usage_refusals_arrival ON usage_refusals (arrived_on, batch, line);

-- Accepted usage, added up: derived from the events.
CREATE TABLE usage_buckets (
    unit TEXT COLLATE "C" NOT NULL,
    quarter_at BIGINT NOT NULL,
    meter TEXT COLLATE "C" NOT NULL,
    dimensions TEXT COLLATE "C" NOT NULL,
    arrived_on TEXT COLLATE "C" NOT NULL,
    quantity TEXT NOT NULL,
    events BIGINT NOT NULL CHECK (events > 0)
);
-- A digest, because attributes can be longer than an entry of a tree may be. Should two ever
-- collide, `save_buckets` changes no row and says so.
CREATE UNIQUE INDEX usage_buckets_key
    ON usage_buckets (unit, quarter_at, meter, arrived_on, md5(dimensions));

-- Every line of every entry. A balance is a sum, not a second truth.
CREATE TABLE ledger_lines (
    entry TEXT COLLATE "C" NOT NULL,
    line BIGINT NOT NULL,
    book TEXT COLLATE "C" NOT NULL,
    seller TEXT COLLATE "C" NOT NULL,
    posted_on TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    debit BIGINT NOT NULL CHECK (debit >= 0),
    credit BIGINT NOT NULL CHECK (credit >= 0),
    party TEXT COLLATE "C",
    invoice_line BIGINT,
    PRIMARY KEY (entry, line),
    CHECK (debit = 0 OR credit = 0)
);

CREATE TABLE number_series (
    series TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    last_taken BIGINT NOT NULL CHECK (last_taken > 0)
);

CREATE TABLE timers (
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX timers_due ON timers (due_at, kind, subject);

-- One row at most: the virtual time of the tenant.
CREATE TABLE clock (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    now_at BIGINT NOT NULL
);
