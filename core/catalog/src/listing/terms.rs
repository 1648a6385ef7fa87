//! The fields of terms.

use facts::discount::{Basis, Discount, Each, Escalation, Growth, Reduction, Scope, Terms, Window};

use super::Fields;

pub fn list(terms: &Terms, fields: &mut Fields) {
    let Terms { escalations, discounts } = terms;
    // Their order is a part of what they say.
    if !terms.is_empty() {
        fields.add_list("escalations", escalations.iter().map(|it| &it.code));
        fields.add_list("discounts", discounts.iter().map(|it| &it.code));
    }
    fields.nested("escalations", |fields| {
        for it in escalations {
            fields.nested(it.code.as_str(), |fields| escalation(it, fields));
        }
    });
    fields.nested("discounts", |fields| {
        for it in discounts {
            fields.nested(it.code.as_str(), |fields| discount(it, fields));
        }
    });
}

fn escalation(it: &Escalation, fields: &mut Fields) {
    let Escalation { code: _, name, components, by } = it;
    fields.add_text("name", name);
    fields.add_list("components", components);
    match by {
        Growth::Percent(percent) => fields.add_number("percent", *percent),
        Growth::Index(index) => fields.add("index", index),
    }
}

fn discount(it: &Discount, fields: &mut Fields) {
    let Discount { code: _, name, scope, window, reduction, basis } = it;
    fields.add_text("name", name);
    match scope {
        Scope::Components(components) => fields.add_list("components", components),
        Scope::Offer(offer) => fields.add("offer", offer),
        Scope::Account => fields.add("scope", "account"),
    }
    match window {
        Window::Always => {}
        Window::Dates { from, until } => {
            fields.add_option("from", *from);
            fields.add_option("until", *until);
        }
        Window::Months { count } => fields.add("months", count),
        Window::Periods { count } => fields.add("periods", count),
    }
    match reduction {
        Reduction::Percent(percent) => fields.add_number("percent", *percent),
        Reduction::Amount { amount, each } => {
            fields.add("amount", amount);
            let each = match each {
                Each::Period => "period",
                Each::Once => "once",
            };
            fields.add("each", each);
        }
        Reduction::Ramp(steps) => {
            for (number, step) in (1..).zip(steps) {
                fields.add(&format!("ramp.{number}.months"), step.months);
                fields.add_number(&format!("ramp.{number}.percent"), step.percent);
            }
        }
    }
    let basis = match basis {
        Basis::Undiscounted => "undiscounted",
        Basis::Remainder => "remainder",
    };
    fields.add("basis", basis);
}
