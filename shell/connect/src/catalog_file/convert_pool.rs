//! From the shape of a pool to its fact.

use facts::pool::{
    Allocation, AllowanceProration, Overage, Pool, PoolAttribute, PoolScope, Rollover,
    RolloverLimit, Settlement,
};
use kernel::Quantity;

use super::convert::Reader;
use super::shape_pool as shape;
use crate::InputRejection;

impl Reader {
    pub(super) fn pool(&mut self, it: &shape::Pool) -> Option<Pool> {
        let included = self.or(&it.included, Quantity::ZERO);
        let included_per_active_unit = self.or(&it.included_per_active_unit, Quantity::ZERO);
        let proration = self.or(&it.proration, AllowanceProration::default());
        let scope = self.or(&it.scope, PoolScope::default());
        let rollover = self.rollover(it.rollover.as_ref());
        let window = self.optional(&it.window);
        let settle = self.or(&it.settle, Settlement::default());
        let overage = self.overage(it);
        let allocation = self.or(&it.allocation, Allocation::default());
        let split_by = it.split_by.as_ref().map(|attribute| match attribute {
            shape::PoolAttribute::Unit(name) => PoolAttribute::Unit(name.clone()),
            shape::PoolAttribute::Account(name) => PoolAttribute::Account(name.clone()),
        });
        Some(Pool {
            included_per_active_unit: included_per_active_unit?,
            overage: overage?,
            included: included?,
            proration: proration?,
            scope: scope?,
            split_by,
            rollover: rollover?,
            window: window?,
            settle: settle?,
            allocation: allocation?,
        })
    }

    fn overage(&mut self, it: &shape::Pool) -> Option<Overage> {
        match (&it.overage_price, &it.overage) {
            (Some(price), None) => self.read(price).map(Overage::Price),
            (None, Some(model)) => self.model(model).map(|model| Overage::Model(Box::new(model))),
            _ => {
                let keys = "overage_price, overage".to_owned();
                let price = it.overage_price.as_ref().map(|price| price.place(&self.place));
                let place = price.unwrap_or_else(|| self.around.clone());
                self.faults.add(place, InputRejection::NotOne { keys });
                None
            }
        }
    }

    fn rollover(&mut self, it: Option<&shape::Rollover>) -> Option<Option<Rollover>> {
        let Some(it) = it else { return Some(None) };
        let periods = self.read(&it.periods);
        let limit = match &it.limit {
            None => Some(None),
            Some(shape::RolloverLimit::Quantity(most)) => {
                self.read(most).map(|most| Some(RolloverLimit::Quantity(most)))
            }
            Some(shape::RolloverLimit::Share(share)) => {
                self.read(share).map(|share| Some(RolloverLimit::Share(share)))
            }
        };
        Some(Some(Rollover { periods: periods?, limit: limit? }))
    }
}
