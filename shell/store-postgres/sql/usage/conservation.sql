SELECT arrived_on, meter, fate, reason, COUNT(*)
FROM usage_events
WHERE arrived_on >= $1 AND arrived_on < $2
GROUP BY arrived_on, meter, fate, reason
UNION ALL
SELECT arrived_on, meter, outcome, reason, COUNT(*)
FROM usage_refusals
WHERE arrived_on >= $1 AND arrived_on < $2
GROUP BY arrived_on, meter, outcome, reason
