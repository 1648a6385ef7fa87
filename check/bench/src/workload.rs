//! The events: a pure function from a position in history to a line.
//!
//! No state and no random source: any line can be made again from its position, so that a re-sent
//! event is the same to the byte, and what the engine should have counted can be counted here.

/// Events in an hour of the workload's own time.
pub const EVENTS_PER_HOUR: u64 = 1_000_000;

/// Of this many positions, one re-sends an event of any earlier position.
const RESENT_ONE_IN: u64 = 100;

/// Units, and so devices, of one account.
pub const UNITS_PER_ACCOUNT: u64 = 50;

/// How late an event may be: events come in nearly sorted time.
pub const LATE_MS_MAX: u64 = 30_000;

/// Of this many events of a device, one is measured abroad.
const ROAMING_ONE_IN: u64 = 8;

/// Devices report through so many gateways, each a `source`.
const GATEWAYS: u64 = 64;

/// The first instant is the start of March 2026, in UTC, and all of it must fit into the month.
const HOURS_MAX: u64 = 31 * 24;

/// Values are whole thousandths, from 1 to below this.
const THOUSANDTHS_END: u64 = 100_000;

/// What is measured: a meter's code, the type of its events and the member that it sums.
pub struct Measured {
    /// Code of the meter.
    pub meter: &'static str,
    /// `type` of its events.
    pub event_type: &'static str,
    /// The member of `data` that is added up, in thousandths.
    pub member: &'static str,
}

/// The five meters.
pub const METERS: [Measured; 5] = [
    Measured { meter: "data_mb", event_type: "com.fleet.data.v1", member: "mb" },
    Measured { meter: "video_min", event_type: "com.fleet.video.v1", member: "minutes" },
    Measured { meter: "trips_km", event_type: "com.fleet.trips.v1", member: "km" },
    Measured { meter: "energy_kwh", event_type: "com.fleet.energy.v1", member: "kwh" },
    Measured { meter: "cold_h", event_type: "com.fleet.cold.v1", member: "hours" },
];

/// The kinds of device.
pub const DEVICE_TYPES: [&str; 4] = ["tracker", "dashcam", "reefer", "sensor"];

/// Where usage happens.
pub const REGIONS: [&str; 8] = ["FR", "DE", "ES", "IT", "BE", "PT", "CH", "GB"];

/// An event, before it is a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The position that it was first sent at.
    pub index: u64,
    /// The device, from 0.
    pub device: u64,
    /// Position in [`METERS`].
    pub meter: usize,
    /// Position in [`REGIONS`].
    pub region: usize,
    /// What was measured.
    pub thousandths: u64,
    /// Milliseconds since the first instant.
    pub at_ms: u64,
}

/// What the engine should have counted, in the generator's own words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected {
    /// Lines sent.
    pub lines: u64,
    /// Their bytes, with their ends.
    pub bytes: u64,
    /// Lines that are not re-sent ones.
    pub distinct: u64,
    /// Sum of each meter over the distinct ones.
    pub thousandths: [u64; METERS.len()],
}

impl Expected {
    /// Adds what was sent besides.
    pub fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.bytes += other.bytes;
        self.distinct += other.distinct;
        for (sum, more) in self.thousandths.iter_mut().zip(other.thousandths) {
            *sum += more;
        }
    }

    /// Counts one line.
    pub fn count(&mut self, event: &Event, is_resent: bool, bytes: usize) {
        self.lines += 1;
        self.bytes += u64::try_from(bytes).unwrap_or_default();
        if !is_resent {
            self.distinct += 1;
            if let Some(sum) = self.thousandths.get_mut(event.meter) {
                *sum += event.thousandths;
            }
        }
    }
}

/// The history of a fleet.
#[derive(Debug, Clone, Copy)]
pub struct Workload {
    /// How many devices report.
    pub devices: u64,
}

/// SplitMix64's finalizer: a bijection, so that no two positions share the word.
const fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Word number `which` of a position; the same for ever.
const fn word(index: u64, which: u64) -> u64 {
    let counter = index.wrapping_mul(8).wrapping_add(which).wrapping_add(1);
    mix(counter.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Position `word % len` of a list.
fn chosen(word: u64, len: usize) -> usize {
    usize::try_from(word % u64::try_from(len).unwrap_or(1)).unwrap_or_default()
}

/// The position that a line re-sends, if it re-sends one.
const fn resends(index: u64) -> Option<u64> {
    let drawn = word(index, 0);
    if index > 0 && drawn.is_multiple_of(RESENT_ONE_IN) {
        Some((drawn / RESENT_ONE_IN) % index)
    } else {
        None
    }
}

/// The position that the line of a position was first sent at. A re-sent line may be re-sent.
pub const fn origin(mut index: u64) -> u64 {
    while let Some(earlier) = resends(index) {
        index = earlier;
    }
    index
}

/// The instant of a position in milliseconds since the first one, before any lateness.
pub const fn clock_ms(index: u64) -> u64 {
    index * 18 / 5
}

/// The kind of a device.
pub fn device_type(device: u64) -> &'static str {
    DEVICE_TYPES[chosen(mix(device ^ 0x5eed), DEVICE_TYPES.len())]
}

impl Workload {
    /// What the line of a position says.
    pub fn event(&self, index: u64) -> Event {
        let index = origin(index);
        let (drawn, place) = (word(index, 1), word(index, 2));
        let device = drawn % self.devices;
        let abroad = place.is_multiple_of(ROAMING_ONE_IN);
        let region = if abroad { place / ROAMING_ONE_IN } else { mix(device ^ 0xface) };
        let late = word(index, 3) % LATE_MS_MAX;
        Event {
            index,
            device,
            meter: chosen(drawn >> 40, METERS.len()),
            region: chosen(region, REGIONS.len()),
            thousandths: 1 + (place >> 32) % (THOUSANDTHS_END - 1),
            at_ms: clock_ms(index).saturating_sub(late),
        }
    }

    /// Appends the lines of some positions, and says what they are.
    pub fn write_lines(&self, first: u64, count: u64, into: &mut Vec<u8>) -> Expected {
        debug_assert!(first + count <= HOURS_MAX * EVENTS_PER_HOUR, "the month is over");
        let mut expected = Expected::default();
        for position in first..first + count {
            let event = self.event(position);
            let before = into.len();
            write_line(&event, into);
            expected.count(&event, event.index != position, into.len() - before);
        }
        expected
    }
}

/// Appends an event as a CloudEvent in structured JSON, with the end of its line.
fn write_line(event: &Event, into: &mut Vec<u8>) {
    let Measured { event_type, member, .. } = &METERS[event.meter];
    into.extend(b"{\"specversion\":\"1.0\",\"id\":\"");
    write_hex(word(event.index, 4), into);
    write_hex(word(event.index, 5), into);
    into.extend(b"\",\"source\":\"urn:gw:");
    write_digits(event.device % GATEWAYS, 2, into);
    into.extend(b"\",\"type\":\"");
    into.extend(event_type.as_bytes());
    into.extend(b"\",\"subject\":\"");
    into.extend(serial(event.device).as_bytes());
    into.extend(b"\",\"time\":\"");
    write_time(event.at_ms, into);
    into.extend(b"\",\"data\":{\"");
    into.extend(member.as_bytes());
    into.extend(b"\":");
    write_number(event.thousandths, into);
    into.extend(b",\"device_type\":\"");
    into.extend(device_type(event.device).as_bytes());
    into.extend(b"\",\"region\":\"");
    into.extend(REGIONS[event.region].as_bytes());
    into.extend(b"\"}}\n");
}

/// What is printed on a device.
pub fn serial(device: u64) -> String {
    format!("TRK-{device:07}")
}

fn write_hex(word: u64, into: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in word.to_be_bytes() {
        into.push(DIGITS[usize::from(byte >> 4)]);
        into.push(DIGITS[usize::from(byte & 15)]);
    }
}

/// A number with leading zeros up to a width.
fn write_digits(number: u64, width: u32, into: &mut Vec<u8>) {
    for place in (0..width).rev() {
        into.push(b'0' + u8::try_from(number / 10_u64.pow(place) % 10).unwrap_or_default());
    }
}

/// As a person would write it: `7.5`, not `7.500`.
fn write_number(thousandths: u64, into: &mut Vec<u8>) {
    let (whole, part) = (thousandths / 1_000, thousandths % 1_000);
    let width = 1 + whole.checked_ilog10().unwrap_or(0);
    write_digits(whole, width, into);
    if part > 0 {
        let (part, width) = match (part % 100, part % 10) {
            (0, _) => (part / 100, 1),
            (_, 0) => (part / 10, 2),
            _ => (part, 3),
        };
        into.push(b'.');
        write_digits(part, width, into);
    }
}

fn write_time(at_ms: u64, into: &mut Vec<u8>) {
    let (day, of_day) = (at_ms / 86_400_000, at_ms % 86_400_000);
    into.extend(b"2026-03-");
    write_digits(1 + day, 2, into);
    into.push(b'T');
    write_digits(of_day / 3_600_000, 2, into);
    into.push(b':');
    write_digits(of_day / 60_000 % 60, 2, into);
    into.push(b':');
    write_digits(of_day / 1_000 % 60, 2, into);
    into.push(b'.');
    write_digits(of_day % 1_000, 3, into);
    into.push(b'Z');
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLEET: Workload = Workload { devices: 1_000 };

    fn lines(first: u64, count: u64) -> (Vec<String>, Expected) {
        let mut bytes = Vec::new();
        let expected = FLEET.write_lines(first, count, &mut bytes);
        let text = String::from_utf8(bytes).expect("text");
        (text.lines().map(String::from).collect(), expected)
    }

    #[test]
    fn a_line_is_a_cloud_event_of_its_position() {
        let (some, expected) = lines(0, 2);
        assert_eq!(expected.lines, 2);
        assert_eq!(some[1], lines(1, 1).0[0]);
        let line = &some[0];
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(value["specversion"], "1.0");
        assert_eq!(value["id"].as_str().map(str::len), Some(32));
        assert_eq!(value["time"], "2026-03-01T00:00:00.000Z");
        assert!(value["data"]["region"].is_string(), "{line}");
    }

    #[test]
    fn one_in_a_hundred_is_sent_again_from_anywhere() {
        let (all, expected) = lines(0, 100_000);
        let mut seen = std::collections::BTreeMap::new();
        let mut again = Vec::new();
        for (position, line) in (0_u64..).zip(&all) {
            if let Some(first) = seen.insert(line, position) {
                again.push((position, first));
            }
        }
        assert_eq!(u64::try_from(again.len()).ok(), Some(100_000 - expected.distinct));
        assert!((900..1_100).contains(&again.len()), "{}", again.len());
        let far = again.iter().filter(|(position, first)| position - first > 20_000).count();
        assert!(far > 400, "{far} of {}", again.len());
    }

    #[test]
    fn numbers_and_times_are_written_as_people_do() {
        let number = |thousandths| {
            let mut text = Vec::new();
            write_number(thousandths, &mut text);
            String::from_utf8(text).expect("text")
        };
        let written = [1, 20, 500, 7_000, 12_340, 99_999].map(number);
        assert_eq!(written, ["0.001", "0.02", "0.5", "7", "12.34", "99.999"]);
        let mut time = Vec::new();
        write_time(86_400_000 + 3_723_004, &mut time);
        assert_eq!(time, b"2026-03-02T01:02:03.004Z");
    }

    #[test]
    fn a_line_has_the_size_of_the_measured_ones() {
        let (_, expected) = lines(0, 20_000);
        let mean = expected.bytes / expected.lines;
        assert!((223..=233).contains(&mean), "{mean}");
    }
}
