//! What happens to devices, and what they consume.

use std::collections::BTreeMap;

use ::facts::hold::{Blocked, HoldTarget};
use ::facts::offer::AfterLoss;
use ::facts::order::{ContractTerm, Moment, OrderLine, OrderedUnit, Renewal, TakeOver};
use ::facts::unit::{ChangeAction, Loss, LossCause, ServiceStart, ShipmentReason, StartEvidence};
use ::facts::{
    DeviceSignalled, Fact, HoldPlaced, HoldReleased, ItemDelivered, ItemShipped, OfferRef,
    OrderAccepted, RenewalNoticeDue, ServiceStarted, TermEnded, TermRenewed, UnitAdopted,
    UnitChanged, UnitTakenOver, UnitUsed, UsageAmended, UsageReceived, UsageReplayed,
};
use jiff::Timestamp;
use kernel::Digest;

use crate::conformance::{minute, read};

pub fn facts() -> Vec<Fact> {
    let mut facts = vec![Fact::OrderAccepted(order())];
    let shipped = |number: &str, serial: &str, reason| {
        Fact::ItemShipped(ItemShipped {
            shipment: read(number),
            order_line: read("O-1/1"),
            unit: read("U-1"),
            serial: read(serial),
            reason,
            shipped_at: minute(1),
            carrier: "Chronopost".to_owned(),
        })
    };
    facts.push(shipped("S-1", "SN-1", ShipmentReason::Sale));
    facts.push(shipped("S-2", "SN-2", ShipmentReason::Replacement));
    facts.push(Fact::ItemDelivered(ItemDelivered {
        shipment: read("S-1"),
        unit: read("U-1"),
        delivered_at: minute(2),
    }));
    facts.push(Fact::DeviceSignalled(DeviceSignalled {
        source: read("//cloud/devices"),
        id: read("A-1"),
        event_type: "com.example.activated".to_owned(),
        serial: read("SN-1"),
        signalled_at: minute(3),
    }));
    facts.extend(changes());
    facts.push(Fact::UnitTakenOver(UnitTakenOver {
        unit: read("U-1"),
        by: read("U-1.2"),
        order_line: read("O-2/1"),
        agreed_at: minute(30),
        on: read("2026-02-15"),
        at: minute(40),
    }));
    facts.extend(terms());
    facts.extend(starts());
    facts.push(Fact::UnitAdopted(UnitAdopted {
        unit: read("U-2"),
        account: read("ACC-1"),
        order_line: read("O-1/1"),
        in_service_from: read("2025-06-15"),
        paid_until: read("2026-02-01"),
    }));
    facts.extend(holds());
    facts.push(Fact::UsageReceived(received("usage-1.jsonl", 7)));
    facts.push(Fact::UsageReplayed(UsageReplayed {
        replay: Digest([8; 16]),
        batch: Digest([7; 16]),
        name: "usage-1.jsonl".to_owned(),
        replayed_on: read("2026-02-20"),
        lines: 3,
    }));
    facts.push(Fact::UsageAmended(UsageAmended {
        batch: Digest([7; 16]),
        name: "usage-1.jsonl".to_owned(),
        arrived_on: read("2026-02-20"),
        lines: 1,
    }));
    facts
}

fn holds() -> [Fact; 4] {
    let hold = |name: &str, target, blocks: &[Blocked], reason: Option<&str>| {
        Fact::HoldPlaced(HoldPlaced {
            hold: read(name),
            holder: read("dunning"),
            account: read("ACC-1"),
            target,
            blocks: blocks.iter().copied().collect(),
            from: read("2026-03-05"),
            recorded_at: minute(70),
            reason: reason.map(str::to_owned),
        })
    };
    [
        hold("H-1", HoldTarget::Account, &Blocked::ALL, Some("unpaid since 3 February")),
        hold("H-2", HoldTarget::Line(read("O-1/1")), &[Blocked::Service], None),
        hold("H-3", HoldTarget::Unit(read("U-1")), &[Blocked::Change], None),
        Fact::HoldReleased(HoldReleased {
            hold: read("H-1"),
            account: read("ACC-1"),
            until: read("2026-03-20"),
            recorded_at: minute(80),
        }),
    ]
}

fn order() -> OrderAccepted {
    let unit = |name: &str| OrderedUnit {
        unit: read(name),
        attributes: BTreeMap::from([("device_type".to_owned(), "truck".to_owned())]),
        zone: read("Europe/Berlin"),
        after: None,
    };
    OrderAccepted {
        order: read("O-1"),
        account: read("ACC-1"),
        ordered_on: read("2026-01-02"),
        lines: vec![OrderLine {
            line: read("O-1/1"),
            offer: offer(),
            options: BTreeMap::from([("payment".to_owned(), "upfront".to_owned())]),
            components: BTreeMap::from([(read("box"), 1), (read("service"), 2)]),
            units: vec![unit("U-1"), unit("U-2")],
            overrides: BTreeMap::new(),
            takes_over: None,
            term: None,
            invoice: None,
        }],
    }
}

pub fn offer() -> OfferRef {
    OfferRef { code: read("fleet"), version: 1 }
}

fn terms() -> [Fact; 3] {
    let (line, order, account) = (read("O-2/1"), read("O-2"), read("ACC-1"));
    let (notice_by, until) = (read("2026-12-31"), read("2027-02-01"));
    let notice = RenewalNoticeDue { line, order, account, notice_by, until, units: 2 };
    let (line, order, account) = (notice.line.clone(), notice.order.clone(), read("ACC-1"));
    let (from, until) = (read("2027-02-01"), read("2028-02-01"));
    let renewed = TermRenewed { line, order, account, from, until, units: 2 };
    let ended = TermEnded {
        line: read("O-1/1"),
        order: read("O-1"),
        account: read("ACC-1"),
        ended_on: read("2027-01-01"),
        units: 1,
    };
    [Fact::RenewalNoticeDue(notice), Fact::TermRenewed(renewed), Fact::TermEnded(ended)]
}

/// An order whose only line goes on for a unit, for a term.
pub fn amendment() -> OrderAccepted {
    let mut next = order();
    next.order = read("O-2");
    for line in &mut next.lines {
        line.line = read("O-2/1");
        line.takes_over =
            Some(TakeOver { on: read("2026-02-15"), asked: Some(Moment::EndOfPeriod) });
        line.term = Some(ContractTerm {
            from: read("2026-02-15"),
            until: read("2027-02-15"),
            renewal: Some(Renewal {
                months: 12,
                notice_days: 30,
                reminder_days: 60,
                uplift: Some(read("2.5")),
            }),
        });
        line.units.truncate(1);
        for unit in &mut line.units {
            unit.unit = read("U-1.2");
            unit.after = Some(read("U-1"));
        }
    }
    next
}

/// A cancellation that was asked for by a moment.
pub fn cancelled() -> UnitChanged {
    UnitChanged {
        change: read("C-9"),
        unit: read("U-1.2"),
        recorded_at: minute(50),
        effective_at: minute(60),
        action: ChangeAction::Cancel,
        asked: Some(Moment::EndOfTerm),
    }
}

/// A device that is gone.
pub fn lost(change: &str, cause: LossCause, then: AfterLoss) -> UnitChanged {
    let action = ChangeAction::Lost(Loss { cause, then });
    UnitChanged { change: read(change), action, asked: None, ..cancelled() }
}

fn changes() -> Vec<Fact> {
    let actions = [
        ChangeAction::Plan(read("premium")),
        ChangeAction::Suspend,
        ChangeAction::Resume,
        ChangeAction::Swap(read("SN-2")),
        ChangeAction::Return,
    ];
    let change = |(number, action): (i64, ChangeAction)| {
        Fact::UnitChanged(UnitChanged {
            change: read(&format!("C-{number}")),
            unit: read("U-1"),
            recorded_at: minute(10 + number),
            effective_at: minute(20 + number),
            action,
            asked: None,
        })
    };
    (1..).zip(actions).map(change).collect()
}

pub fn evidence() -> [StartEvidence; 4] {
    [
        StartEvidence::Activated {
            source: read("//cloud/devices"),
            id: read("A-1"),
            serial: read("SN-1"),
        },
        StartEvidence::Fallback {
            milestone: facts::offer::Milestone::Delivered,
            counted_from: minute(2),
            days: 30,
        },
        StartEvidence::Shipped,
        StartEvidence::Delivered,
    ]
}

fn starts() -> Vec<Fact> {
    let at = |evidence| ServiceStart { start_at: precise(), evidence };
    let with_evidence = evidence().into_iter().map(|evidence| Some(at(evidence)));
    let start = |(revision, start)| {
        Fact::ServiceStarted(ServiceStarted { unit: read("U-1"), revision, start })
    };
    let used = [(Some(precise()), None), (Some(minute(2)), Some(read("2026-01-04")))];
    let used = (1..).zip(used).map(|(revision, (first_at, used_up_on))| {
        let (unit, known_before) = (read("U-1"), minute(3));
        Fact::UnitUsed(UnitUsed { unit, revision, known_before, first_at, used_up_on })
    });
    used.chain((1..).zip(with_evidence.chain([None])).map(start)).collect()
}

/// An instant with all the digits that are kept.
pub fn precise() -> Timestamp {
    read("2026-01-01T00:03:00.123456Z")
}

/// A batch, whose fingerprint is this byte again and again.
pub fn received(name: &str, byte: u8) -> UsageReceived {
    UsageReceived {
        batch: Digest([byte; 16]),
        name: name.to_owned(),
        arrived_on: read("2026-01-03"),
        first_line: 1,
        lines: 4,
    }
}
