//! Shipments, signals and swaps become the timeline of a unit; billing starts here.
