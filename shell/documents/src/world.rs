//! The typesetter's world: one template, four fonts, one file of data. No disk, no network, no
//! clock, no system font: what is not compiled in cannot change a page.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::DocumentError;

static FONTS: [&[u8]; 4] = [
    include_bytes!("../fonts/Inter-Regular.otf"),
    include_bytes!("../fonts/Inter-Medium.otf"),
    include_bytes!("../fonts/Inter-SemiBold.otf"),
    include_bytes!("../fonts/InterDisplay-SemiBold.otf"),
];

/// Results that the typesetter may keep for this many documents: enough to go fast in a bill run,
/// little enough that it does not grow.
const KEPT_DOCUMENTS_MAX: usize = 4;

/// What all documents share: parsed once.
struct Shared {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
    data: FileId,
}

static SHARED: LazyLock<Result<Shared, String>> = LazyLock::new(Shared::new);

impl Shared {
    fn new() -> Result<Self, String> {
        let fonts: Vec<Font> =
            FONTS.into_iter().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect();
        if fonts.len() != FONTS.len() {
            return Err(format!("{} of {} fonts can be read", fonts.len(), FONTS.len()));
        }
        let template = include_str!("../templates/invoice.typ").to_owned();
        Ok(Self {
            library: LazyHash::new(<Library as LibraryExt>::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            template: Source::new(file_id("invoice.typ")?, template),
            data: file_id("invoice.json")?,
        })
    }
}

fn file_id(path: &str) -> Result<FileId, String> {
    let path = VirtualPath::new(path).map_err(|error| format!("{path}: {error:?}"))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// One document: the shared parts and its own data.
struct Document {
    shared: &'static Shared,
    data: Bytes,
}

impl World for Document {
    fn library(&self) -> &LazyHash<Library> {
        &self.shared.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.shared.book
    }

    fn main(&self) -> FileId {
        self.shared.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main() { Ok(self.shared.template.clone()) } else { Err(not_found(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.shared.data { Ok(self.data.clone()) } else { Err(not_found(id)) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shared.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}

/// Typesets the data. `ident` stands for the document in its PDF identifier.
pub fn pdf(ident: &str, data: Vec<u8>) -> Result<Vec<u8>, DocumentError> {
    let shared = SHARED.as_ref().map_err(|why| DocumentError::Setup(why.clone()))?;
    let world = Document { shared, data: Bytes::new(data) };
    let pages = typst::compile(&world)
        .output
        .map_err(|errors| DocumentError::Template(sentences(&errors)))?;
    // PDF/A refuses a character that no font has, say of a Chinese name. Such a document is
    // still sent, as plain PDF: the seller's rule is to bill, the archive's comes second.
    let archival = PdfStandards::new(&[PdfStandard::A_3b])
        .map_err(|error| DocumentError::Setup(error.message().to_string()))?;
    let export = |standards| typst_pdf::pdf(&pages, &options(ident, standards));
    let bytes = export(archival)
        .or_else(|_| export(PdfStandards::default()))
        .map_err(|errors| DocumentError::Export(sentences(&errors)));
    typst::comemo::evict(KEPT_DOCUMENTS_MAX);
    bytes
}

fn options(ident: &str, standards: PdfStandards) -> PdfOptions {
    PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        creator: Smart::Custom(Some("Tabouret".to_owned())),
        standards,
        ..PdfOptions::default()
    }
}

fn sentences(errors: &[SourceDiagnostic]) -> String {
    let sentence = |error: &SourceDiagnostic| error.message.to_string();
    errors.iter().map(sentence).collect::<Vec<_>>().join("; ")
}
