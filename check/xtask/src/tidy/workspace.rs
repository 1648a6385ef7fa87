//! What the rules look at: the crates and their dependencies, and the files that git tracks.

use std::fs;

use cargo_metadata::{DependencyKind, MetadataCommand};

use super::source::Source;
use crate::{Result, system};

/// The whole input of every rule.
#[derive(Default)]
pub struct Workspace {
    /// The members, in the order of the root manifest: the path of the data.
    pub crates: Vec<Crate>,
    /// Every tracked `*.rs`.
    pub sources: Vec<Source>,
    /// Every tracked path, relative to the root.
    pub paths: Vec<String>,
}

/// One member.
pub struct Crate {
    /// As other crates call it.
    pub name: String,
    /// Relative to the root: `core/pricing`.
    pub folder: String,
    /// The comment above it in the root manifest.
    pub stage: String,
    /// The text of its `Cargo.toml`.
    pub manifest: String,
    /// What it names there.
    pub dependencies: Vec<Dependency>,
}

/// One entry of a manifest.
pub struct Dependency {
    /// The package.
    pub name: String,
    /// Whether it is a member of this workspace.
    pub local: bool,
    /// Whether it reaches the product, or only a test or build script.
    pub kind: DependencyKind,
}

impl Workspace {
    /// Reads the workspace around the current folder.
    pub fn load() -> Result<Self> {
        let metadata = MetadataCommand::new().no_deps().exec()?;
        let root = metadata.workspace_root.as_std_path();
        let listed =
            system::output_of("git", &["-C", metadata.workspace_root.as_str(), "ls-files"])
                .ok_or("`git ls-files` failed: tidy reads the files that git tracks")?;
        let paths: Vec<String> =
            listed.lines().filter(|path| root.join(path).is_file()).map(String::from).collect();
        let mut sources = Vec::new();
        for path in paths.iter().filter(|path| path.ends_with(".rs")) {
            sources.push(Source::new(path, fs::read_to_string(root.join(path))?));
        }
        let mut crates = Vec::new();
        for (stage, folder) in members(&fs::read_to_string(root.join("Cargo.toml"))?) {
            let path = root.join(&folder).join("Cargo.toml");
            let package = metadata.packages.iter().find(|package| package.manifest_path == path);
            let package = package.ok_or_else(|| format!("cargo does not know {folder}"))?;
            let dependencies = package.dependencies.iter().map(|dependency| Dependency {
                name: dependency.name.clone(),
                local: dependency.path.is_some(),
                kind: dependency.kind,
            });
            crates.push(Crate {
                name: package.name.to_string(),
                dependencies: dependencies.collect(),
                manifest: fs::read_to_string(path)?,
                folder,
                stage,
            });
        }
        Ok(Self { crates, sources, paths })
    }

    /// A tracked source.
    pub fn source(&self, path: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.path == path)
    }
}

impl Crate {
    /// `core`, `shell` or `check`.
    pub fn layer(&self) -> &str {
        self.folder.split('/').next().unwrap_or_default()
    }

    /// A core crate that owns a subject, which is all of them but the two that all others import.
    pub fn is_slice(&self) -> bool {
        self.layer() == "core" && !["kernel", "facts"].contains(&self.name.as_str())
    }

    /// The first file that a reader opens.
    pub fn entry<'a>(&self, workspace: &'a Workspace) -> Option<&'a Source> {
        ["lib.rs", "main.rs"]
            .iter()
            .find_map(|name| workspace.source(&format!("{}/src/{name}", self.folder)))
    }
}

/// The members of the root manifest with the comment above them, in order.
fn members(manifest: &str) -> Vec<(String, String)> {
    let list = manifest.split_once("members = [").map_or("", |(_, rest)| rest);
    let list = list.lines().take_while(|line| line.trim() != "]");
    let mut stage = String::new();
    let mut members = Vec::new();
    for line in list.map(str::trim) {
        if let Some(comment) = line.strip_prefix('#') {
            stage = comment.trim().to_owned();
        } else if let Some(folder) = line.split('"').nth(1) {
            members.push((stage.clone(), folder.to_owned()));
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_carry_the_comment_above_them() {
        let manifest = "[workspace]\nmembers = [\n  \"core/kernel\",\n  # usage -> price\n  \
                        \"core/metering\",\n  \"core/rating\",\n]\ndefault-members = [\"x\"]\n";
        let expected = [("", "core/kernel"), ("usage -> price", "core/metering")]
            .into_iter()
            .chain([("usage -> price", "core/rating")])
            .map(|(stage, folder)| (stage.to_owned(), folder.to_owned()));
        assert_eq!(members(manifest), expected.collect::<Vec<_>>());
    }
}
