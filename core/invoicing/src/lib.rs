//! Charges become one consolidated invoice: plan, check, number, explain.
