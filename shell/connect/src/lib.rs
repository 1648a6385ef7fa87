//! What the outside world sends, read strictly: CSV of the ERP, CloudEvents of devices, the catalog file.
