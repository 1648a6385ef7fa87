//! The chart of accounts: what each purpose is called in each book
//! (`reference/accounting-and-einvoicing.md` B3).

use facts::LedgerAccount;
use facts::posting::Book;

/// What an amount is, before it has an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Owed by the customer.
    Receivable,
    /// Earned by handing over a device.
    DeviceRevenue,
    /// Earned by days of service that have passed.
    ServiceRevenue,
    /// Earned by usage.
    UsageRevenue,
    /// Earned by a fee.
    FeeRevenue,
    /// Earned by keeping a capacity that was not used: what a minimum lacks.
    CommitmentRevenue,
    /// Earned by days of lease that have passed; a lease is no contract of IFRS 15.
    LeaseRevenue,
    /// Invoiced for days of lease that have not passed.
    DeferredLease,
    /// Invoiced for days that have not passed.
    DeferredRevenue,
    /// Paid by a customer before it was supplied.
    CustomerAdvance,
    /// Paid before and never asked for.
    Breakage,
    /// Brought from the books of another system.
    OpeningBalance,
    /// Owed to the state now.
    TaxDue,
    /// Owed to the state when the customer pays.
    TaxOnPayment,
}

impl Purpose {
    /// Number in the French plan comptable général.
    const fn statutory(self) -> &'static str {
        match self {
            Self::Receivable => "411",
            Self::DeviceRevenue => "707",
            Self::ServiceRevenue => "7061",
            Self::UsageRevenue => "7062",
            Self::FeeRevenue => "7063",
            Self::CommitmentRevenue => "7064",
            Self::LeaseRevenue => "7083",
            Self::DeferredLease | Self::DeferredRevenue => "487",
            Self::CustomerAdvance => "4191",
            Self::Breakage => "7588",
            Self::OpeningBalance => "890",
            Self::TaxDue => "44571",
            Self::TaxOnPayment => "44574",
        }
    }

    /// Name in the book of IFRS 15 / ASC 606.
    const fn ifrs(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::DeviceRevenue => "revenue_device",
            Self::ServiceRevenue => "revenue_service",
            Self::UsageRevenue => "revenue_usage",
            Self::FeeRevenue => "revenue_fee",
            Self::CommitmentRevenue => "revenue_commitment",
            Self::LeaseRevenue => "revenue_lease",
            Self::DeferredLease => "deferred_lease",
            Self::DeferredRevenue => "contract_liability",
            Self::CustomerAdvance => "customer_advance",
            Self::Breakage => "revenue_breakage",
            Self::OpeningBalance => "opening_balance",
            Self::TaxDue => "tax_due",
            Self::TaxOnPayment => "tax_on_payment",
        }
    }
}

/// The account of a purpose in a book.
///
/// # Errors
/// [`kernel::id::BadId`] never: every name of the chart is valid, which a test proves.
pub fn account(book: Book, purpose: Purpose) -> Result<LedgerAccount, kernel::id::BadId> {
    LedgerAccount::new(match book {
        Book::Ifrs => purpose.ifrs(),
        Book::Statutory => purpose.statutory(),
    })
}
