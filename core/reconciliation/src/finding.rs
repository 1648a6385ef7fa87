//! What was found, and what is to be done about it.

use facts::{AccountId, UnitId};
use jiff::civil::Date;
use kernel::Money;

/// A place where two systems tell different stories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which difference.
    pub kind: Kind,
    /// Whose, when it is known.
    pub account: Option<AccountId>,
    /// The unit, when there is one.
    pub unit: Option<UnitId>,
    /// The device, when there is one.
    pub serial: Option<String>,
    /// The evidence that it is counted from; none when nobody said when.
    pub since: Option<Date>,
    /// Days from then to today; never below 0.
    pub age_days: Option<i64>,
    /// What it is about in money.
    pub stake: Stake,
    /// How many usage events are held, for usage.
    pub events: Option<i64>,
    /// What we say, where two systems are compared.
    pub ours: Option<String>,
    /// What the other one says.
    pub theirs: Option<String>,
    /// What to do next.
    pub action: NextAction,
    /// The day on which it is put right without anybody, when there is one.
    pub resolves_on: Option<Date>,
}

impl Finding {
    /// Whether somebody has to do something.
    #[must_use]
    pub const fn needs_action(&self) -> bool {
        self.resolves_on.is_none()
    }

    pub(crate) fn new(kind: Kind, action: NextAction) -> Self {
        Self {
            kind,
            account: None,
            unit: None,
            serial: None,
            since: None,
            age_days: None,
            stake: Stake::default(),
            events: None,
            ours: None,
            theirs: None,
            action,
            resolves_on: None,
        }
    }

    pub(crate) fn since(mut self, since: Option<Date>, today: Date) -> Self {
        self.since = since;
        self.age_days = since.map(|day| i64::from((today - day).get_days().max(0)));
        self
    }
}

/// Money at stake, net of tax and before discounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stake {
    /// An amount: what is not billed, what was billed without cause (below zero: to give back),
    /// or what held usage is worth.
    pub once: Option<Money>,
    /// What the unit costs in each bill period.
    pub per_period: Option<Money>,
}

macro_rules! keyed {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $key:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// All, in the order of the report.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable key.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }
        }
    };
}

keyed! {
    /// Which difference, in the order of the path: supply, activation, billing, usage, and what
    /// other systems say.
    Kind {
        /// Shipped, and nobody reported a delivery.
        ShippedNotDelivered = "shipped-not-delivered",
        /// The device reports itself active, and nobody reported a delivery.
        ActivatedNotDelivered = "activated-not-delivered",
        /// Delivered, and the device never reported itself active.
        DeliveredNotActivated = "delivered-not-activated",
        /// Nothing started the service by its deadline.
        StartOverdue = "start-overdue",
        /// Delivered, and the device or a part of its price is not billed.
        DeliveredNotBilled = "delivered-not-billed",
        /// In service, and days of it are not billed.
        ActivatedNotBilled = "activated-not-billed",
        /// Billed, and not delivered.
        BilledNotDelivered = "billed-not-delivered",
        /// Returned, and what was billed for the time after it is not given back.
        ReturnedStillBilled = "returned-still-billed",
        /// Billed for days without service.
        BilledNotServed = "billed-not-served",
        /// Its contract is over, and the device, which is not sold, did not go back.
        NotReturned = "not-returned",
        /// Usage that no subscription pays for.
        UsageWithoutSubscription = "usage-without-subscription",
        /// The ERP has a shipment that we do not have.
        ErpOnly = "erp-only",
        /// We have a shipment that the ERP does not have.
        NotInErp = "not-in-erp",
        /// The ERP says something else of a shipment.
        ErpDiffers = "erp-differs",
        /// Active in the device cloud, and no unit holds the device.
        CloudWithoutUnit = "cloud-without-unit",
        /// Active in the device cloud, and the service of its unit did not start.
        CloudActiveNotStarted = "cloud-active-not-started",
        /// Active in the device cloud, and its unit is suspended or returned, or holds another.
        CloudActiveNotServed = "cloud-active-not-served",
        /// Not active in the device cloud, and its unit is billed.
        CloudInactiveBilled = "cloud-inactive-billed",
        /// The device cloud does not know the device of a unit in service.
        NotInCloud = "not-in-cloud",
    }
}

keyed! {
    /// What to do next.
    NextAction {
        /// Ask the carrier, and import the delivery or the return.
        AskCarrier = "ask-carrier",
        /// Import the delivery that is missing.
        ReportDelivery = "report-delivery",
        /// The service starts without a signal on a day; until then there is nothing to do.
        WaitForStart = "wait-for-start",
        /// Have the device activated, or cancel the unit.
        ActivateOrCancel = "activate-or-cancel",
        /// Look at the device: it is silent.
        CheckDevice = "check-device",
        /// The next invoice does it.
        WaitForInvoice = "wait-for-invoice",
        /// The bill day is over and nothing was issued: look why.
        RunBilling = "run-billing",
        /// Ask the carrier; credit what was billed if it never comes.
        CreditOrDeliver = "credit-or-deliver",
        /// Ask the customer for the device, and import the return.
        AskForDevice = "ask-for-device",
        /// Assign the device to a unit, or order a subscription for it.
        AssignDevice = "assign-device",
        /// Import the shipment.
        ImportShipment = "import-shipment",
        /// Ask the ERP what became of the shipment.
        AskErp = "ask-erp",
        /// Find out who is right, and correct the other.
        CompareShipment = "compare-shipment",
        /// Assign the device to a unit, or retire it: its connectivity costs money.
        AssignOrRetire = "assign-or-retire",
        /// Send the activation signal that was lost.
        SendSignal = "send-signal",
        /// Deactivate the device, or correct the unit.
        Deactivate = "deactivate",
        /// Register the device with its cloud.
        RegisterDevice = "register-device",
    }
}
