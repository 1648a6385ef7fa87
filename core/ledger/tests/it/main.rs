//! An issued invoice becomes one balanced entry in each book.

mod balance;
mod invoice;
mod post;
