-- A line without its batch has no name; it is an error, not a line to leave out.
SELECT
    lines.arrived_on, lines.batch, lines.line, facts.subject, lines.meter, lines.outcome,
    lines.reason, lines.source, lines.id, lines.raw
FROM (
    SELECT arrived_on, batch, line, meter, fate AS outcome, reason, source, id, raw
    FROM usage_events
    WHERE fate = 'quarantined' AND arrived_on >= $1 AND arrived_on < $2
    UNION ALL
    SELECT arrived_on, batch, line, meter, outcome, reason, source, id, raw
    FROM usage_refusals
    WHERE arrived_on >= $1 AND arrived_on < $2
) AS lines
LEFT JOIN facts ON facts.kind = 'UsageReceived' AND facts.key = lines.batch
ORDER BY lines.arrived_on, lines.batch, lines.line
LIMIT $3
