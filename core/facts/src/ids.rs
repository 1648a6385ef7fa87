//! One type per kind of identifier. All are the sender's own words.

kernel::text_id! {
    /// A legal entity that sells and has its own invoice numbers and books.
    SellerCode = "seller";
    /// A customer's billing account.
    AccountId = "account";
    /// An offer, across its versions.
    OfferCode = "offer";
    /// A part of an offer that has a price.
    ComponentCode = "component";
    /// A service level that a unit can be on: standard, premium.
    PlanCode = "plan";
    /// A fulfilment definition, across its versions.
    SpecCode = "fulfilment spec";
    /// A way of measuring usage.
    MeterCode = "meter";
    /// A row of a price table.
    RowCode = "row";
    /// A discount or an escalation, within an offer or an account.
    TermCode = "term";
    /// An index that prices follow.
    IndexCode = "index";
    /// An order, as the seller's order system names it.
    OrderId = "order";
    /// A line of an order; the contract that its units share.
    OrderLineId = "order line";
    /// Order lines of an account that stand on an invoice of their own: the order that asked for
    /// it, or a name that several share.
    InvoiceGroup = "invoice group";
    /// One device as sold; it keeps its name when its serial is swapped.
    UnitId = "unit";
    /// What is printed on a device.
    DeviceSerial = "serial";
    /// A shipment of the ERP.
    ShipmentId = "shipment";
    /// An amendment.
    ChangeId = "change";
    /// The `source` of a CloudEvent.
    EventSource = "event source";
    /// The `id` of a CloudEvent, unique within its source.
    EventId = "event id";
    /// The number of an invoice, without a gap per seller.
    InvoiceNumber = "invoice number";
    /// The number of a credit note, without a gap per seller and year.
    CreditNoteNumber = "credit note number";
    /// A request, as its sender names it.
    RequestId = "request";
    /// An open item of another system.
    BalanceId = "balance";
    /// A prepaid credit.
    CreditId = "credit";
    /// A correction of a credit.
    AdjustmentId = "adjustment";
    /// A hold, as who places it names it.
    HoldId = "hold";
    /// A service that holds: `dunning`, `provisioning`, `fraud`, `operator`.
    HolderCode = "holder";
    /// What an entry books: the number of an invoice, or what became of a credit.
    DocumentId = "document";
    /// An entry of the ledger.
    EntryId = "entry";
    /// An account of the chart of accounts.
    LedgerAccount = "ledger account";
    /// A key to the API.
    KeyId = "key";
}

/// An offer as it stood in one version: an order keeps the version that it was accepted under.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct OfferRef {
    /// The offer.
    pub code: OfferCode,
    /// Its version, from 1.
    pub version: u32,
}

impl std::fmt::Display for OfferRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.code, self.version)
    }
}
