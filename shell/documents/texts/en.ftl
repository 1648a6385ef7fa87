# Words of the documents in English. Same keys as fr.ftl; a test compares them.

# Dates and periods
date = { $day } { $month } { $year }
instant = { $date }, { $clock }
period-in-month = { $first }–{ $last } { $month } { $year }
period-in-year = { $first } { $first-month } – { $last } { $month } { $year }
period-over-years = { $first } { $first-month } { $first-year } – { $last } { $month } { $year }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

# Sections and lines
section-hardware = Hardware
section-subscriptions = Subscriptions
section-usage = Usage
section-fees = Fees
section-commitments = Minimum commitments
section-credits = Credits
line-sale = Purchase, on delivery
line-instalment = Instalment { $number } of { $count }
line-instalments = Instalment
line-instalment-deposit = Deposit
line-instalment-at-once = Instalment { $number } of { $count }, due at the end of the contract
line-loss = device lost or stolen
line-return-credit = Returned in time, credited in full
line-not-returned = Device not returned by { $day }
line-not-returned-credit = Fee for a device not returned, given back
device-loaned = The device is lent: it stays the property of the seller.
line-state-change = { $day }: from { $from } to { $to }
line-state-change-credit = { $day }: from { $from } to { $to }, fee given back
life-state-new = not delivered
life-state-stored = in store
life-state-test = in test
life-state-active = in service
life-state-suspended = suspended
life-state-gone = without a device
life-state-ended = ended
state-stored = Days in store: delivered, and neither tried nor in service.
state-test = Days of the test, before the service starts.
state-suspended = Days on which the service was suspended or held.
device-leased = The device is leased: it stays the property of the seller.
line-part = Part { $number } of { $count }, { $when }: { $percent } of { $price }
line-part-credit = Part { $number } of { $count }, { $when }, given back: { $percent } of { $price }
part-ordered = with the order
part-shipped = on shipment
part-delivered = on delivery
part-accepted = on acceptance
part-on = on { $day }
part-at-once = at the end of the contract
line-returned = Returned within { $days } days, { $percent } credited
line-returned-otherwise = { $percent } credited
line-returned-before = { $text }, of which { $before } before
line-instalment-credit = Instalment { $number } of { $count } given back
line-instalment-credits = Instalments given back
line-instalment-credit-deposit = Deposit given back
line-instalment-credit-at-once = Instalment { $number } of { $count } given back until it is due
line-service-credit = Credit for { $period }
line-adjustment = Adjustment of { $period }
line-true-up = Lacking to the minimum, { $period }
line-true-up-again = Adjustment of the minimum, { $period }
line-usage-credit = Billed for { $period }, given back
line-recharge = { $period }, charged again
line-write-off = Adjustment of { $period }, written off
line-shadow = { $period }, not billed
line-row = { $row }: { $values }
line-row-rest = { $row }: everything else
line-orders = { $count ->
    [one] Order { $shown }
   *[other] Orders { $shown }
}
units = { $count ->
    [one] { $shown } unit
   *[other] { $shown } units
}
active-units = { $count ->
    [one] { $shown } active unit
   *[other] { $shown } active units
}
line-count = { $count ->
    [one] { $shown } line
   *[other] { $shown } lines
}

# The first page
title = Invoice
number = Invoice number
issued-on = Issued on
due-on = Due on
account = Billing account
separate-for = Separate invoice for
threshold = Usage from which it is billed at once
customer = Billed to
vat-id = VAT no. { $id }
registration = Registration no. { $number }
siren = SIREN { $number }
document-title = Invoice { $number }
due-label = Amount due
due-note = to be paid by { $date }
settled-label = Amount due
settled-note = nothing to pay
credit-label = Balance in your favour
credit-note = nothing to pay
summary = Summary
net = Total excluding VAT
vat = VAT { $rate }
total = Total including VAT
prepaid = Paid before: { $name }
nothing = Nothing was due for this billing account.
vat-heading = VAT
vat-rate = Rate
vat-base = Taxable amount
vat-amount = VAT
of-which-goods = of which goods
of-which-services = of which services
payment = Payment
payment-payee = Payee
payment-iban = IBAN
payment-reference = Reference
payment-by = Due on
payment-terms = By bank transfer, with the reference, so that the payment is matched.

# The lines
details = Lines of this invoice
quantity = Quantity
unit-price = Unit price
days = Days
amount-in = Amount ({ $currency })
subtotal = Subtotal
account-total = Total of { $customer }
tier-up-to = up to { $to }
tier-over = over { $over }
tier-between = over { $over } up to { $to }
tier-any = for the whole
tier-fee = fee, { $tier }
priced-peak = quantity of { $day }, the day with the most
priced-included = { $included } included, free of charge
priced-packages = { $count } packages of { $size }; one that is begun counts
priced-events = { $count } events with a fee of { $price }
priced-floor = raised to the least amount, { $price }
priced-cap = held at the greatest amount, { $price }
priced-ordered = { $quantity } priced together, as ordered on { $line }; here { $of } of { $all } units
priced-cents = { $cents } so that the parts of all units sum to the price of the order
priced-own = price of the contract { $contract }
priced-counter = counted on from { $before }
priced-counters = tiers counted for each of { $count } apart
pool = { $used } used; { $allowance } included, shared by { $units }
pool-days = prorated: { $unit-days } service days of units, { $pool-days } of { $period-days } days with a unit in service
pool-lot = carried in from the period of { $day }: { $quantity }, of which { $used } used
pool-rolled = this period granted { $granted }; { $used } used in all, { $expired } expired, { $carried } carried over
pool-window-period = window: period of { $day }, { $used } used, { $granted } granted
pool-window-open = period { $so-far } of { $length } of the window: overage is settled in its last
pool-window-moves = the window of { $length } periods has no overage; it moves on by one period
pool-window-settled = the window of { $length } periods ends with an overage of { $overage }; a new one begins
pool-no-value = (no value)
pool-by-excess = the overage and its price in proportion to what each unit used above its share of the allowance; cents by largest remainder
pool-by-usage = the overage and its price in proportion to what each unit used; cents by largest remainder
pool-sum = Total
pool-used = Used
pool-allowance = Allowance
pool-overage = Overage
pool-before = Before
pool-amount = Amount
pool-unit-days = Days
billed-before =
    { $before } for { $quantity-before } on earlier invoices; now { $now } for { $quantity }
not-billed-shadow = not billed before { $until }; it would cost { $amount }
not-billed-written-off = { $amount } written off, less than { $below }; billed with what comes later
events = { $count ->
    [one] { $shown } event
   *[other] { $shown } events
}
evidence = { $events } from { $from } to { $to }, digest { $digest }

# Terms: what discounts and yearly rises do to a line
before-terms = { $amount } before discounts and rises
term-percent = { $name }: { $percent } of { $base }: { $amount }
term-amount = { $name }: share of { $of }, on { $base }: { $amount }
term-maximum = { $name }: at most { $most } for all, on { $base }: { $amount }
term-credit = { $name }: taken off { $base }: { $amount }
term-credit-units = { $name }: { $quantity } covered, of { $base }: { $amount }
committed = { $committed } agreed for a whole period; { $counted } billed for what counts

# The annex
annex = How this was computed
annex-exact = Each amount is the exact sum of its terms, rounded once.
annex-rounded-all = Rounding: { $rounding }.
annex-times = Times are those of { $zone }.
annex-amounts = Amounts are in { $currency }, excluding VAT.
annex-calculation = Calculation
annex-rounding = Rounding
annex-pool = Shared pool
annex-allocation = Shared by
annex-before = Billed before
annex-units = { $count ->
    [one] Unit
   *[other] Units
}
annex-starts = Billed since
annex-evidence = Evidence
usage-unit = Unit
usage-quantity = Quantity
usage-events = Events
start-activated = activation signal { $id }, device { $serial }, { $source }
start-fallback-accepted = no activation signal in time: accepted { $from }, plus { $days } days
start-fallback-delivered = no activation signal in time: delivered { $from }, plus { $days } days
start-fallback-shipped = no activation signal in time: shipped { $from }, plus { $days } days
start-deadline-accepted = nothing started it by its deadline: accepted { $from }, plus { $days } days
start-deadline-delivered = nothing started it by its deadline: delivered { $from }, plus { $days } days
start-deadline-ordered = nothing started it by its deadline: ordered { $from }, plus { $days } days
start-deadline-shipped = nothing started it by its deadline: shipped { $from }, plus { $days } days
start-tested = free test of { $days } days since { $since }: { $began }
start-used = first usage
start-used-up = free test since { $since }, used up on { $on } ({ $quantity } of { $meter }): { $began }
start-shipped = handed to the carrier
start-delivered = delivered
start-accepted = accepted by the customer
start-ordered = ordered
start-agreed = the day that was agreed on
start-taken-over = goes on for unit { $unit }
rounding-half-away-from-zero = to the nearest, a half away from zero
rounding-half-even = to the nearest, a half to the even digit
rounding-half-towards-zero = to the nearest, a half towards zero
rounding-up = away from zero
rounding-down = towards zero

# Legal mentions of a French seller (code de commerce L441-9, L441-10 and D441-5; code général des
# impôts, annexe II, article 242 nonies A)
nature-goods = Nature of the transaction: supply of goods.
nature-services = Nature of the transaction: supply of services.
nature-both = Nature of the transaction: supply of goods and services.
vat-on-debits = VAT is paid on the basis of debits (option exercised).
vat-on-receipts = VAT on services is due on payment.
no-discount = No discount for early payment.
late-penalties =
    Late payment: penalties at the refinancing rate of the European Central Bank plus 10
    percentage points are due from the day after the due date, without a reminder.
recovery-fee =
    Fixed compensation for recovery costs owed by a business customer in case of late payment:
    €40.

# Feet
page-of = Page { $page } of { $pages }

# Countries, by ISO 3166 code; others are shown by their code
country-AT = Austria
country-AU = Australia
country-BE = Belgium
country-BG = Bulgaria
country-CA = Canada
country-CH = Switzerland
country-CY = Cyprus
country-CZ = Czechia
country-DE = Germany
country-DK = Denmark
country-EE = Estonia
country-ES = Spain
country-FI = Finland
country-FR = France
country-GB = United Kingdom
country-GR = Greece
country-HR = Croatia
country-HU = Hungary
country-IE = Ireland
country-IT = Italy
country-JP = Japan
country-LT = Lithuania
country-LU = Luxembourg
country-LV = Latvia
country-MA = Morocco
country-MC = Monaco
country-MT = Malta
country-NL = Netherlands
country-NO = Norway
country-PL = Poland
country-PT = Portugal
country-RO = Romania
country-SE = Sweden
country-SI = Slovenia
country-SK = Slovakia
country-TN = Tunisia
country-US = United States

## Credit notes

credit-note-title = Credit note
credit-note-document-title = Credit note { $number }
credit-note-number = Credit note number
credit-note-issued-on = Issued on
credit-note-invoice = Credits invoice
credit-note-invoiced-on = Invoice of
credit-note-reason = Reason
credit-note-note = Note
credit-note-summary = What is credited
credit-note-details = Credited lines
credit-note-due-label = Credited to you
credit-note-rebill-note = what is due of it will be on your next invoice
credit-note-settled-note = settled; it will not be billed again
credit-note-owed = Off what you owe
credit-note-not-credited = Not credited
credit-given-back = Given back: { $name }
credit-note-corrects = This credit note corrects invoice { $number } of { $date }, which stays as it was issued.
credit-reason-error = billing error
credit-reason-returned = return
credit-reason-cancelled = cancellation
credit-reason-dispute = dispute
credit-reason-goodwill = goodwill
