//! An issued invoice becomes one balanced entry in each book.

mod balance;
mod credit_note;
mod invoice;
mod post;
