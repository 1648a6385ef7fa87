//! A column of a block: numbers of 64 bits, in the shortest of a few forms.
//!
//! Forms: one number for all; a least number and the differences from it in equally many bits;
//! 7 bits a byte. And the same of differences from the number before, where a series goes on.

use std::ops::Range;

use crate::bytes::{put_number, take, take_number};

/// All are equal.
const CONSTANT: u8 = 0;
/// 7 bits a byte.
const BYTES: u8 = 200;
/// Steps follow: a column of the first numbers of each series, a column of signed steps.
const STEPS: u8 = 201;
/// Widest differences in bits; up to it one load of 8 bytes holds a number wherever it begins.
const WIDTH_MAX: u32 = 56;

/// Bytes to append after the last column: numbers are loaded 8 bytes at a time.
pub(crate) const PADDING: [u8; 8] = [0; 8];

/// Where series begin, and room to work.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// Whether the entry is the first of its series in the block.
    pub begins: Vec<bool>,
    firsts: Vec<u64>,
    steps: Vec<u64>,
}

impl Columns {
    /// Appends a column that may be shorter as steps.
    pub(crate) fn put(&mut self, numbers: &[u64], out: &mut Vec<u8>) {
        let plain = Form::of(numbers);
        // One number for all is as short as it gets.
        if plain.tag == CONSTANT {
            return plain.put(numbers, out);
        }
        self.firsts.clear();
        self.steps.clear();
        let mut before = 0_u64;
        for (number, begins) in numbers.iter().zip(&self.begins) {
            if *begins {
                self.firsts.push(*number);
            } else {
                self.steps.push(zigzag(number.wrapping_sub(before).cast_signed()));
            }
            before = *number;
        }
        let (firsts, steps) = (Form::of(&self.firsts), Form::of(&self.steps));
        if 1 + firsts.length + steps.length < plain.length {
            out.push(STEPS);
            firsts.put(&self.firsts, out);
            steps.put(&self.steps, out);
        } else {
            plain.put(numbers, out);
        }
    }

    /// Takes a column of so many numbers off the front; gives those of a range that begins where
    /// a series begins.
    pub(crate) fn take(
        &mut self,
        from: &mut &[u8],
        count: usize,
        range: Range<usize>,
        into: &mut Vec<u64>,
    ) -> Option<()> {
        into.clear();
        if from.first() != Some(&STEPS) {
            return take_plain(from, count, range, into);
        }
        *from = &from[1..];
        let firsts = |begins: &[bool]| begins.iter().filter(|begins| **begins).count();
        let begins = self.begins.get(range.clone())?;
        let all = firsts(&self.begins);
        let before = firsts(&self.begins[..range.start]);
        let within = firsts(begins);
        self.firsts.clear();
        self.steps.clear();
        take_plain(from, all, before..before + within, &mut self.firsts)?;
        let before = range.start - before;
        let steps = before..before + range.len() - within;
        take_plain(from, count.checked_sub(all)?, steps, &mut self.steps)?;
        let (mut firsts, mut steps) = (self.firsts.iter(), self.steps.iter());
        let mut number = None::<u64>;
        for begins in begins {
            let next = if *begins {
                *firsts.next()?
            } else {
                number?.wrapping_add(unzigzag(*steps.next()?).cast_unsigned())
            };
            into.push(next);
            number = Some(next);
        }
        Some(())
    }
}

/// Appends a column.
pub(crate) fn put_plain(numbers: &[u64], out: &mut Vec<u8>) {
    Form::of(numbers).put(numbers, out);
}

/// The shortest form of a column, known before it is written.
#[derive(Debug, Clone, Copy)]
struct Form {
    /// A width in bits, or one of the other forms.
    tag: u8,
    least: u64,
    /// Bytes, the tag included.
    length: usize,
}

impl Form {
    fn of(numbers: &[u64]) -> Self {
        let first = numbers.first().copied().unwrap_or(0);
        if numbers.iter().all(|number| *number == first) {
            return Self { tag: CONSTANT, least: first, length: 1 + length(first) };
        }
        let ends = |(least, greatest): (u64, u64), number: &u64| {
            (least.min(*number), greatest.max(*number))
        };
        let (least, greatest) = numbers.iter().fold((first, first), ends);
        let width = u64::BITS - (greatest - least).leading_zeros();
        let packed = length(least) + (numbers.len() * width as usize).div_ceil(8);
        // Up to 8 bits, no number is shorter as a byte.
        if width > u8::BITS {
            let bytes = numbers.iter().map(|number| length(*number)).sum::<usize>();
            if width > WIDTH_MAX || bytes < packed {
                return Self { tag: BYTES, least, length: 1 + bytes };
            }
        }
        Self { tag: width as u8, least, length: 1 + packed }
    }

    fn put(self, numbers: &[u64], out: &mut Vec<u8>) {
        out.push(self.tag);
        match self.tag {
            CONSTANT => put_number(out, self.least),
            BYTES => numbers.iter().for_each(|number| put_number(out, *number)),
            width => {
                put_number(out, self.least);
                pack(numbers, self.least, u32::from(width), out);
            }
        }
    }
}

/// Appends the differences from the least number, side by side.
fn pack(numbers: &[u64], least: u64, width: u32, out: &mut Vec<u8>) {
    let (mut bits, mut held) = (0_u64, 0);
    for number in numbers {
        let difference = number - least;
        bits |= difference << held;
        held += width;
        if held >= u64::BITS {
            out.extend_from_slice(&bits.to_le_bytes());
            held -= u64::BITS;
            bits = difference >> (width - held);
        }
    }
    out.extend_from_slice(&bits.to_le_bytes()[..held.div_ceil(8) as usize]);
}

fn take_plain(
    from: &mut &[u8],
    count: usize,
    range: Range<usize>,
    into: &mut Vec<u64>,
) -> Option<()> {
    if range.end > count {
        return None;
    }
    match take::<1>(from)? {
        [CONSTANT] => {
            let number = take_number(from)?;
            into.extend(std::iter::repeat_n(number, range.len()));
        }
        [BYTES] => {
            let after = count - range.end;
            skip_numbers(from, range.start)?;
            for _ in range {
                into.push(take_number(from)?);
            }
            skip_numbers(from, after)?;
        }
        [width] if u32::from(width) <= WIDTH_MAX => {
            let least = take_number(from)?;
            let width = usize::from(width);
            let mask = (1_u64 << width) - 1;
            let length = (count * width).div_ceil(8);
            let bytes = from.get(..length + PADDING.len())?;
            for place in range {
                let bit = place * width;
                let word = bytes.get(bit / 8..)?.first_chunk()?;
                let number = u64::from_le_bytes(*word) >> (bit % 8) & mask;
                into.push(least.wrapping_add(number));
            }
            *from = &from[length..];
        }
        _ => return None,
    }
    Some(())
}

/// Passes over so many numbers of 7 bits a byte.
fn skip_numbers(from: &mut &[u8], count: usize) -> Option<()> {
    if count == 0 {
        return Some(());
    }
    let mut last = from.iter().enumerate().filter(|(_, byte)| **byte < 0x80);
    let (place, _) = last.nth(count - 1)?;
    *from = &from[place + 1..];
    Some(())
}

/// Bytes of a number at 7 bits a byte.
const fn length(number: u64) -> usize {
    // A seventh of the bits, rounded up, without a division.
    ((u64::BITS - (number | 1).leading_zeros()) * 9 + 64) as usize / 64
}

/// A signed number with its sign in the lowest bit: small ones stay small.
pub(crate) const fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

/// The signed number of [`zigzag`].
pub(crate) const fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Columns, Form, PADDING, length, put_plain};
    use crate::bytes::put_number;

    fn any_number() -> impl Strategy<Value = u64> {
        prop_oneof![any::<u64>(), 0..300_u64, 1_000_000..1_000_100_u64, Just(u64::MAX), Just(7)]
    }

    proptest! {
        #[test]
        fn a_column_comes_back(
            column in prop::collection::vec((any_number(), any::<bool>()), 1..300),
            same in any::<bool>(),
            ends in any::<[prop::sample::Index; 2]>(),
        ) {
            let (mut numbers, mut begins): (Vec<u64>, Vec<bool>) = column.into_iter().unzip();
            if same {
                let first = numbers[0];
                numbers.fill(first);
            }
            let ends = ends.map(|end| end.index(numbers.len()));
            let range = ends[0].min(ends[1])..ends[0].max(ends[1]) + 1;
            begins[range.start] = true;
            begins[0] = true;
            let mut columns = Columns { begins, ..Columns::default() };
            let (mut bytes, mut back) = (Vec::new(), Vec::new());
            columns.put(&numbers, &mut bytes);
            let plain = bytes.len();
            put_plain(&numbers, &mut bytes);
            prop_assert_eq!(bytes.len() - plain, Form::of(&numbers).length);
            columns.put(&numbers, &mut bytes);
            bytes.extend_from_slice(&PADDING);
            let mut from = bytes.as_slice();
            columns.take(&mut from, numbers.len(), 0..numbers.len(), &mut back).unwrap();
            prop_assert_eq!(&back, &numbers);
            for _ in 0..2 {
                columns.take(&mut from, numbers.len(), range.clone(), &mut back).unwrap();
                prop_assert_eq!(&back, &numbers[range.clone()]);
            }
            prop_assert_eq!(from, &PADDING);
        }

        #[test]
        fn bytes_of_no_column_do_no_harm(
            bytes in prop::collection::vec(any::<u8>(), 0..100),
            begins in prop::collection::vec(any::<bool>(), 1..300),
        ) {
            let count = begins.len();
            let mut columns = Columns { begins, ..Columns::default() };
            let mut into = Vec::new();
            let mut from = bytes.as_slice();
            if columns.take(&mut from, count, 0..count, &mut into).is_some() {
                prop_assert_eq!(into.len(), count);
            }
        }
    }

    #[test]
    fn lengths_are_those_of_the_bytes() {
        for bits in 0..64 {
            for number in [1 << bits, (1 << bits) - 1, u64::MAX >> bits] {
                let mut bytes = Vec::new();
                put_number(&mut bytes, number);
                assert_eq!(length(number), bytes.len());
            }
        }
    }
}
