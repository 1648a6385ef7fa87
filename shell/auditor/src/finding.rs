//! What an audit can find: a code, the values at stake, and a sentence that says where, and what
//! to do.

kernel::rejections! {
    /// A promise that is broken, and where.
    pub enum AuditFinding {
        /// Lines came in and have no fate, or more fates than lines.
        LinesLost {
            /// The civil day of arrival.
            day: jiff::civil::Date,
            /// Lines of the batches of the day.
            received: i64,
            /// Lines that are stored with a fate.
            stored: i64,
        } = "lines-lost",
            "{received} lines arrived on {day} but {stored} have a fate; compare the batches of \
             the day with the source and import the missing lines again";
    }
}
