//! Business-readable scripts, run on the production engine.
