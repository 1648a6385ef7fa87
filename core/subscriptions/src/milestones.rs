//! Prices that are paid in parts with milestones: what each part costs, and the day that its
//! evidence gives it.

use facts::charge::{Instalment, UnitStart};
use facts::device::{PartDue, PartShare, PricePart};
use facts::unit::StartEvidence;
use jiff::civil::Date;
use kernel::{Overflow, Percent, UnitPrice};

use crate::one_off::Supply;
use crate::{BillDay, ChargeError, UnitContract};

/// A part as agreed on.
pub(crate) struct AgreedPart {
    pub instalment: Instalment,
    pub share: PartShare,
    /// What it costs.
    pub price: UnitPrice,
    /// Its day and evidence; none: its milestone is not known to be passed.
    pub due: Option<Supply>,
    /// The order: evidence of what is due before its time.
    pub ordered: Supply,
}

/// The parts of the price of a unit; none before its order counts.
pub(crate) fn parts(
    contract: &UnitContract<'_>,
    (price, agreed): (UnitPrice, &[PricePart]),
    day: BillDay<'_>,
) -> Result<Vec<AgreedPart>, ChargeError> {
    let (ordered_on, offer) = (contract.ordered_on, contract.offer);
    // What an invoice knows happened on an earlier day.
    if ordered_on >= day.issued_on {
        return Ok(Vec::new());
    }
    let percents: Vec<Percent> = agreed.iter().map(|it| it.percent).collect();
    let prices = pricing::amount::parts_of(price, &percents, offer.rounding, offer.currency)?;
    let count = u16::try_from(agreed.len()).map_err(|_| Overflow)?;
    let parts = (1..=count).zip(agreed.iter().zip(prices));
    parts
        .map(|(number, (part, price_of_part))| {
            let of_order = |on, evidence| of_day(contract, (on, evidence), day);
            let due = match part.due {
                PartDue::Ordered => Some(of_order(ordered_on, StartEvidence::Ordered)?),
                PartDue::On(on) => Some(of_order(on.max(ordered_on), StartEvidence::Agreed)?),
                PartDue::At(milestone) => Supply::of(contract, milestone, day),
            };
            let PricePart { percent, due: agreed } = *part;
            Ok(AgreedPart {
                instalment: Instalment { number, count, at_once: false },
                share: PartShare { percent, of: price, due: agreed, due_on: None },
                price: price_of_part,
                due,
                ordered: of_order(ordered_on, StartEvidence::Ordered)?,
            })
        })
        .collect()
}

/// What is due on a day that no report of the unit gives.
fn of_day(
    contract: &UnitContract<'_>,
    (on, evidence): (Date, StartEvidence),
    day: BillDay<'_>,
) -> Result<Supply, ChargeError> {
    let start_at = day.zone.start_of(on)?;
    Ok(Supply { on, start: UnitStart { unit: contract.unit.clone(), start_at, evidence } })
}
