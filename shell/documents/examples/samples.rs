//! Prints the sample invoices, or the one that is named:
//! `cargo run --release -p documents --example samples -- FOLDER [fleet|group|empty|credits|long]`.
//! Look at them after each change of the template; the pictures in `docs/images` are their first
//! pages.

#[path = "../tests/it/samples.rs"]
#[expect(clippy::unwrap_used, reason = "samples are made for tests and must be right")]
mod samples;

use std::path::PathBuf;

use facts::text::Language;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder for the PDFs")?);
    let only = std::env::args().nth(2);
    let all = [
        ("fleet", samples::fleet()),
        ("group", samples::group()),
        ("empty", samples::empty()),
        ("credits", samples::credits()),
        ("long", samples::long()),
    ];
    for (name, invoice) in all.into_iter().filter(|it| only.as_deref().is_none_or(|o| o == it.0)) {
        for (language, suffix) in [(Language::En, "en"), (Language::Fr, "fr")] {
            let pdf = documents::invoice_pdf(&invoice, language)?;
            std::fs::write(folder.join(format!("{name}-{suffix}.pdf")), pdf)?;
        }
    }
    Ok(())
}
