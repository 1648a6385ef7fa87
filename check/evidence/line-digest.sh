#!/bin/sh
# The digest of a usage line, by hand: from an export of events to the figure that `invoice explain` shows
# (docs/reference/usage-commands.md, "The digest of a line"). Needs python3 to read CSV, and sha256sum.
#
#   tabouret usage export --file events.csv
#   sh check/evidence/line-digest.sh events.csv METER ACCOUNT FROM TO
#
# FROM and TO are instants in UTC; the second is excluded. Prints how many events there are, and the digest.
set -eu
[ $# -eq 5 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
said=$(mktemp)
trap 'rm -f "$said"' EXIT
# What each event said, a JSON array without blanks on a line.
python3 - "$@" >"$said" <<'PYTHON'
import csv, json, sys
file, meter, account, first, last = sys.argv[1:]
for it in csv.DictReader(open(file, newline="")):
    counts = it["outcome"] in ("accepted", "shadow")
    if counts and (it["meter"], it["account"]) == (meter, account) and first <= it["time"] < last:
        print(json.dumps(
            [it["subject"], it["meter"], it["time"], it["value"], json.loads(it["dimensions"])],
            separators=(",", ":"), ensure_ascii=False))
PYTHON
wc -l <"$said" | tr -d ' '
while IFS= read -r event; do
    printf '%s' "$event" | sha256sum | cut -c 1-64
done <"$said" | LC_ALL=C sort | sha256sum | cut -c 1-64
