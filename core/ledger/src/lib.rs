//! An issued invoice becomes balanced entries, book by book.
