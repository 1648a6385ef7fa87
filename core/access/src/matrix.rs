//! The one matrix: what each role may ask. An operation that is not in it does not compile.

use facts::Role;

/// How much of an operation a role may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// Nothing.
    No,
    /// What belongs to the account of the key.
    Own,
    /// Everything.
    All,
}

macro_rules! operations {
    ($($(#[$meta:meta])* $name:ident = $id:literal, [$($grant:ident)+];)+) => {
        /// Everything that can be asked of the service, by the id that its description has.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $($(#[$meta])* $name,)+
        }

        impl Operation {
            /// Every one, in the order of the matrix.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its id in the description of the API.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }

            /// A row of the matrix, in the order of [`Role::ALL`].
            const fn grants(self) -> [Grant; Role::ALL.len()] {
                match self {
                    $(Self::$name => [$(Grant::$grant),+],)+
                }
            }
        }
    };
}

operations! {
    //                                            owner finance operations engineer reads customer
    /// Send usage.
    ReceiveUsage = "receive_usage",              [All   No      All        All      No    No];
    /// Send usage as a client of OpenMeter does.
    ReceiveOpenMeter = "receive_open_meter",     [All   No      All        All      No    No];
    /// Send an event as a client of Lago does.
    ReceiveLago = "receive_lago",                [All   No      All        All      No    No];
    /// Send events as a client of Lago does.
    ReceiveLagoBatch = "receive_lago_batch",     [All   No      All        All      No    No];
    /// Send an event as a client of Stripe does.
    ReceiveStripe = "receive_stripe",            [All   No      All        All      No    No];
    /// Send an event as a client of version 2 of Stripe does.
    ReceiveStripeV2 = "receive_stripe_v2",       [All   No      All        All      No    No];
    /// Send many events as a client of version 2 of Stripe does.
    ReceiveStripeStream = "receive_stripe_stream",
                                                 [All   No      All        All      No    No];
    /// Read lines again that waited.
    ReplayUsage = "replay_usage",                [All   No      All        All      No    No];
    /// What became of all lines of usage.
    ReadConservation = "read_conservation",      [All   All     All        All      All   No];
    /// List the accounts.
    ListAccounts = "list_accounts",              [All   All     All        All      All   Own];
    /// Read an account.
    ReadAccount = "read_account",                [All   All     All        All      All   Own];
    /// List the units of an account.
    ListUnits = "list_units",                    [All   All     All        All      All   Own];
    /// Read a unit.
    ReadUnit = "read_unit",                      [All   All     All        All      All   Own];
    /// List invoices.
    ListInvoices = "list_invoices",              [All   All     All        All      All   Own];
    /// Read an invoice.
    ReadInvoice = "read_invoice",                [All   All     All        All      All   Own];
    /// Read the log of facts.
    ListFacts = "list_facts",                    [All   All     All        All      All   No];
    /// List the keys.
    ListKeys = "list_keys",                      [All   No      No         No       No    No];
    /// Issue a key.
    IssueKey = "issue_key",                      [All   No      No         No       No    No];
    /// Revoke a key.
    RevokeKey = "revoke_key",                    [All   No      No         No       No    No];
}

impl Operation {
    /// The operation of an id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.id() == id)
    }

    /// What a role may ask of it.
    #[must_use]
    pub fn grant(self, role: Role) -> Grant {
        let granted = Role::ALL.iter().zip(self.grants()).find(|(it, _)| **it == role);
        granted.map_or(Grant::No, |(_, grant)| grant)
    }
}
