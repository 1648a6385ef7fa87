//! The fields of terms.

use facts::commitment::{Bound, Commitment, Partial, Span};
use facts::discount::{Basis, Discount, Each, Escalation, Growth, Reduction, Scope, Terms, Window};
use facts::offer::ComponentKind;

use super::Fields;

pub fn list(terms: &Terms, fields: &mut Fields) {
    let Terms { escalations, discounts, commitments } = terms;
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
    if !commitments.is_empty() {
        fields.add_list("commitments", commitments.iter().map(|it| &it.code));
    }
    fields.nested("commitments", |fields| {
        for it in commitments {
            fields.nested(it.code.as_str(), |fields| commitment(it, fields));
        }
    });
}

fn commitment(it: &Commitment, fields: &mut Fields) {
    let Commitment { code: _, name, bound, amount, each, scope, counts, from, until, partial } = it;
    fields.add_text("name", name);
    let bound = match bound {
        Bound::Minimum => "minimum",
        Bound::Maximum => "maximum",
    };
    fields.add(bound, amount);
    let each = match each {
        Span::Period => "period",
        Span::Year => "year",
    };
    fields.add("each", each);
    add_scope(scope, fields);
    let kind = |it: &ComponentKind| match it {
        ComponentKind::Hardware => "hardware",
        ComponentKind::Service => "service",
        ComponentKind::Usage => "usage",
        ComponentKind::Fee => "fee",
    };
    if !counts.is_empty() {
        fields.add_list("counts", counts.iter().map(kind));
    }
    fields.add_option("from", *from);
    fields.add_option("until", *until);
    let partial = match partial {
        Partial::Prorated => "prorated",
        Partial::Whole => "whole",
    };
    fields.add("partial", partial);
}

fn add_scope(scope: &Scope, fields: &mut Fields) {
    match scope {
        Scope::Components(components) => fields.add_list("components", components),
        Scope::Offer(offer) => fields.add("offer", offer),
        Scope::Account => fields.add("scope", "account"),
    }
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
    add_scope(scope, fields);
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
