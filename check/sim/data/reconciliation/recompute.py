#!/usr/bin/env python3
"""What the split-brain report of the reference fleet must say on 2026-03-25, from the raw files.

Shares no code with the product. Run it in this folder; it prints expected.json.
Rules: ../smart-fleet and the README of the reference fleet, sections 2 to 5.
"""
import csv, gzip, json, pathlib
from datetime import date, datetime, timedelta
from decimal import Decimal, ROUND_HALF_UP
from zoneinfo import ZoneInfo

FLEET = pathlib.Path(__file__).parent / "../../../../demo/smart-fleet"
TODAY, NEXT_BILL_DAY, MARCH = date(2026, 3, 25), "2026-04-01", 31
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 25, tzinfo=PARIS)
CENT = Decimal("0.01")


def rows(name):
    return list(csv.DictReader((FLEET / name).open()))


def at(text):
    return datetime.fromisoformat(text)


def day(instant):
    return instant.astimezone(PARIS).date()


def money(value):
    return str(Decimal(value).quantize(CENT, ROUND_HALF_UP))


def add_months(d, months):
    month = d.month - 1 + months
    year, month = d.year + month // 12, month % 12 + 1
    for last in (d.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            pass


lines = {row["order_line"]: row for row in rows("orders.csv")}
sales = {row["unit"]: row for row in rows("shipments.csv") if row["reason"] == "sale"}
signals = [json.loads(line) for line in (FLEET / "signals.ndjson").open()]
changes = [row for row in rows("changes.csv") if at(row["recorded_at"]) < NOW]
premium = {u for row in changes if row["action"] == "change_tier" for u in row["units"].split()}
returned = {row["units"]: day(at(row["effective_at"])) for row in changes if row["action"] == "return"}
findings = []


def add(kind, unit, since, amount=None, per_period=None, resolves_on=None):
    findings.append(
        {"kind": kind, "unit": unit, "since": str(since), "age_days": (TODAY - since).days,
         "amount": amount, "per_period": per_period, "resolves_on": resolves_on})


for unit, sale in sorted(sales.items()):
    price = "34.90" if unit in premium else "24.90"
    upfront = lines[sale["order_line"]]["hardware_payment"] == "upfront"
    shipped = at(sale["shipped_at"])
    if shipped >= NOW:
        continue
    if not sale["delivered_at"] or at(sale["delivered_at"]) >= NOW:
        add("shipped-not-delivered", unit, day(shipped), "199.00" if upfront else "210.00", price)
        continue
    delivered = at(sale["delivered_at"])
    mine = [at(it["time"]) for it in signals if it["subject"] == sale["serial"]]
    held = [it for it in mine if shipped <= it < NOW]
    fallback = day(delivered) + timedelta(days=30)
    valid = [day(it) for it in held if it >= delivered]
    start = min(valid + [fallback])
    if not held and unit not in returned:
        ahead = fallback if fallback > TODAY else None
        add("delivered-not-activated", unit, day(delivered), None, price,
            str(ahead) if ahead else None)
    # What happened since the invoice of 1 March, up to the end of March.
    if unit in returned:
        days = (date(2026, 4, 1) - returned[unit]).days
        in_window = (returned[unit] - day(delivered)).days <= 60
        if in_window and upfront:
            add("returned-still-billed", unit, returned[unit], "-199.00", None, NEXT_BILL_DAY)
        credit = -Decimal(price) * days / MARCH
        add("returned-still-billed", unit, returned[unit], money(credit), None, NEXT_BILL_DAY)
    elif date(2026, 3, 1) <= start < TODAY:
        days = (date(2026, 4, 1) - start).days
        amount = Decimal(price) * days / MARCH
        add("activated-not-billed", unit, start, money(amount), None, NEXT_BILL_DAY)
    if upfront:
        if day(delivered) >= date(2026, 3, 1):
            add("delivered-not-billed", unit, day(delivered), "199.00", None, NEXT_BILL_DAY)
    elif unit not in returned:
        due = [add_months(day(delivered), k) for k in range(12)]
        late = [d for d in due if date(2026, 3, 1) < d <= TODAY]
        if day(delivered) >= date(2026, 3, 1):
            late = [d for d in due if d <= TODAY]
        if late:
            amount = money(Decimal("17.50") * len(late))
            add("delivered-not-billed", unit, late[0], amount, None, NEXT_BILL_DAY)
# The suspension of 10 to 18 March: its days were billed in advance on 1 March.
pause, resume = (next(row for row in changes if row["action"] == word) for word in ("suspend", "resume"))
days = (day(at(resume["effective_at"])) - day(at(pause["effective_at"]))).days
price = "34.90" if pause["units"] in premium else "24.90"
add("billed-not-served", pause["units"], day(at(pause["effective_at"])),
    money(-Decimal(price) * days / MARCH), None, NEXT_BILL_DAY)

# Usage without a subscription: the lines that expected.json has in quarantine for it.
expected = json.load((pathlib.Path(__file__).parent / "../smart-fleet/expected.json").open())
held = {}
files = {}
for it in expected["exceptions"]:
    if it["kind"] != "quarantined" or it["reason"] not in ("unknown_serial", "serial_not_assigned"):
        continue
    if date.fromisoformat(it["arrival_day"]) >= TODAY:
        continue
    name = f"usage/{it['arrival_day']}.ndjson.gz"
    if name not in files:
        files[name] = gzip.open(FLEET / name).read().splitlines()
    event = json.loads(files[name][it["line"] - 1])
    instant = at(event["time"]).astimezone(ZoneInfo("UTC")).date()
    count, first = held.get(event["subject"], (0, instant))
    held[event["subject"]] = (count + 1, min(first, instant))
usage = [{"serial": s, "events": n, "since": str(d), "age_days": (NOW.astimezone(ZoneInfo("UTC")).date() - d).days}
         for s, (n, d) in sorted(held.items())]
findings.sort(key=lambda it: (it["kind"], it["unit"], it["amount"] or ""))
print(json.dumps({"findings": findings, "usage": usage}, indent=1))
