//! Units and what they hold, kept beside the facts for simple queries.

use facts::unit::ServiceStart;
use facts::{AccountId, OrderId, OrderLineId, Recorded, UnitId};
use jiff::Timestamp;

use crate::Result;

/// A unit as it stands: where it belongs, and what the facts about it say now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitState {
    /// The unit.
    pub unit: UnitId,
    /// Who is billed.
    pub account: AccountId,
    /// The order it came from.
    pub order: OrderId,
    /// The line it shares with others.
    pub order_line: OrderLineId,
    /// When its first device was shipped.
    pub shipped_at: Option<Timestamp>,
    /// When its first device was delivered.
    pub delivered_at: Option<Timestamp>,
    /// When its service starts (a fallback may lie in the future), and why.
    pub start: Option<ServiceStart>,
}

/// A serial that a unit holds, held, or will hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The device, as its events name it.
    pub serial: String,
    /// The unit.
    pub unit: UnitId,
    /// From when; none for a replacement that was shipped but not swapped in.
    pub held_from: Option<Timestamp>,
    /// Until when (excluded); none: still.
    pub held_until: Option<Timestamp>,
}

/// A holding, and what decides what becomes of usage while it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who holds the device, from when until when.
    pub holding: Holding,
    /// The order of the unit.
    pub order: OrderId,
    /// The line of the order.
    pub order_line: OrderLineId,
    /// When the service of the unit starts.
    pub service_from: Option<Timestamp>,
}

/// Questions about units.
pub trait Units {
    /// Saves the state of a unit and what it holds, in place of what was saved before.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn save_unit(&mut self, unit: &UnitState, holdings: &[Holding]) -> Result<()>;

    /// The state of a unit.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn unit(&mut self, unit: &UnitId) -> Result<Option<UnitState>>;

    /// Says that these accounts are going to be asked about, and that they are only read: an engine
    /// far away asks for all of them at once. What was said before counts no more.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn read_ahead(&mut self, accounts: &[&str]) -> Result<()>;

    /// The units of an account whose names come after one, at most `limit`, by name.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn units_after(
        &mut self,
        account: &AccountId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<UnitState>>;

    /// The units of an account, by name.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn units_of_account(&mut self, account: &AccountId) -> Result<Vec<UnitState>>;

    /// The units of an order line, by name; empty when the line is unknown.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn units_of_line(&mut self, line: &OrderLineId) -> Result<Vec<UnitState>>;

    /// The serials that the units of an account hold, held or will hold, in order.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn serials_of_account(&mut self, account: &AccountId) -> Result<Vec<String>>;

    /// Who holds, held or will hold these serials, by serial, instant (without one: last) and
    /// unit.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn turns_of(&mut self, serials: &[String]) -> Result<Vec<Turn>>;

    /// Everything recorded about the units of an account and about the devices that they hold or
    /// held (`ItemShipped`, `ItemDelivered`, `UnitChanged`, `DeviceSignalled`), in the order of
    /// the log.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn unit_facts_of_account(&mut self, account: &AccountId) -> Result<Vec<Recorded>>;
}
