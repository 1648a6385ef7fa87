//! What is kept on disk, and how much memory and processor time we took.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::Result;

/// Bytes of all files in a folder and the folders in it.
pub fn bytes_of(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        bytes += if kind.is_dir() { bytes_of(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}

/// The most memory that this process ever held, in bytes, as the system counts it.
pub fn peak_memory() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|rest| rest.trim().strip_suffix("kB"));
    let kibibytes: u64 = peak.ok_or("the system does not tell VmHWM")?.trim().parse()?;
    Ok(kibibytes * 1_024)
}

/// The time that all processors together spent on this process. Unlike the time that passes, it
/// hardly depends on what else the machine does.
pub fn processor_time() -> Result<Duration> {
    /// In what Linux counts it for every program, on every machine that we run on.
    const TICKS_PER_SECOND: u64 = 100;
    /// Its own time and that of the system for it, after the name of the program.
    const FIELDS: std::ops::Range<usize> = 11..13;
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, rest) = stat.rsplit_once(')').ok_or("the system does not tell processor time")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = fields.get(FIELDS).ok_or("the system does not tell processor time")?;
    let ticks: Vec<u64> =
        ticks.iter().map(|it| it.parse()).collect::<std::result::Result<_, _>>()?;
    Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 1_000 / TICKS_PER_SECOND))
}

/// How many want a processor, over the last minute: what else the machine does.
pub fn load() -> Result<String> {
    let load = fs::read_to_string("/proc/loadavg")?;
    Ok(load.split_whitespace().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_what_we_took() {
        assert!(peak_memory().expect("a peak") > 1_000_000);
        processor_time().expect("a time");
        assert!(load().expect("a load").contains('.'));
    }
}
