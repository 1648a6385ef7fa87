//! The port: business questions that a database answers, and the suite that every database must pass.
