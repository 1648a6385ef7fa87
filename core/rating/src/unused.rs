//! Prices that are due without use: a line of each closed period in which the offer was in service.

use std::collections::BTreeSet;

use facts::billed::UsageKey;
use facts::offer::ChargeRule;
use facts::pool::PoolName;
use facts::price::{AtZero, UsagePrice};

use crate::{RatingError, RatingInput};

/// The lines that are due whether there was usage or not.
pub(crate) fn keys(input: &RatingInput<'_>) -> Result<BTreeSet<UsageKey>, RatingError> {
    let mut keys = BTreeSet::new();
    for (name, unit) in input.units {
        let taken =
            unit.offer.components.iter().filter(|it| unit.components.contains_key(&it.code));
        for component in taken {
            let ChargeRule::Usage { price: UsagePrice::Model(model), shadow, .. } =
                &component.charge
            else {
                continue;
            };
            if model.at_zero != AtZero::Flat {
                continue;
            }
            let offer = unit.offer.reference();
            let mut day = input.served_from.max(input.served_from.and(input.billed.from));
            while let Some(from) = day.filter(|day| *day < input.issued_on) {
                let period = input.cycle.period_of(from)?;
                if period.to() <= input.issued_on && !(input.service_days)(name, period).is_empty()
                {
                    let (offer, component) = (offer.clone(), component.code.clone());
                    // A period that begins in the shadow and ends after it is due for its end.
                    let is_shadow = shadow.is_some_and(|it| period.to() <= it.until);
                    let (row, contract, pool) = (None, None, PoolName::default());
                    let group = unit.group.cloned();
                    keys.insert(UsageKey {
                        offer,
                        component,
                        period,
                        row,
                        contract,
                        pool,
                        is_shadow,
                        group,
                    });
                }
                day = Some(period.to());
            }
        }
    }
    Ok(keys)
}
