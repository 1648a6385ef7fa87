//! Meters: from the shape of the file to facts.

use facts::MeterPublished;
use facts::meter::{self, Literal, Measure, Mediation, Test, TimeUnit};
use schemars::{Schema, json_schema};

use super::convert::{DRAFT_VERSION, Reader, text};
use super::shape_meter as shape;
use super::written::{Kind, Values, Written};
use crate::InputRejection;
use crate::readable::{Decimals, Readable, shortened};

/// What is asked of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `=`
    Equal,
    /// `!=`
    Different,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `in`
    In,
    /// `contains`
    Contains,
    /// `starts_with`
    StartsWith,
    /// `ends_with`
    EndsWith,
    /// `exists`
    Exists,
    /// `absent`
    Absent,
}

const OPS: [(&str, Op); 12] = [
    ("=", Op::Equal),
    ("!=", Op::Different),
    ("<", Op::Below),
    ("<=", Op::AtMost),
    (">", Op::Above),
    (">=", Op::AtLeast),
    ("in", Op::In),
    ("contains", Op::Contains),
    ("starts_with", Op::StartsWith),
    ("ends_with", Op::EndsWith),
    ("exists", Op::Exists),
    ("absent", Op::Absent),
];

const UNITS: [(&str, TimeUnit); 4] = [
    ("second", TimeUnit::Second),
    ("minute", TimeUnit::Minute),
    ("hour", TimeUnit::Hour),
    ("day", TimeUnit::Day),
];

fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, InputRejection> {
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    let known = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| InputRejection::UnknownWord { text: shortened(text), known: known() })
}

impl Readable for Op {
    fn read(text: &str) -> Result<Self, InputRejection> {
        word(text, &OPS)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "enum": OPS.map(|(word, _)| word) })
    }
}

impl Readable for TimeUnit {
    fn read(text: &str) -> Result<Self, InputRejection> {
        word(text, &UNITS)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "enum": UNITS.map(|(word, _)| word) })
    }
}

impl Reader {
    pub(super) fn meter(&mut self, it: &shape::Meter) -> Option<MeterPublished> {
        let code = self.read(&it.code);
        let effective_from = self.read(&it.effective_from);
        let accept = match &it.accept {
            Some(filter) => self.filter(filter).map(Some),
            None => Some(None),
        };
        let derive = self.all(&it.derive, |reader, it| {
            let expression = reader.read(&it.expression)?;
            Some(meter::Derived { name: it.name.clone(), expression })
        });
        let convert = match &it.convert {
            Some(factor) => self.factor(factor).map(Some),
            None => Some(None),
        };
        let measure = self.measure(&it.measure);
        Some(MeterPublished {
            code: code?,
            version: DRAFT_VERSION,
            effective_from: effective_from?,
            name: text(&it.name),
            symbol: text(&it.symbol),
            event_type: it.event_type.clone(),
            measure: measure?,
            dimensions: it.dimensions.clone(),
            mediation: Mediation { accept: accept?, derive: derive?, convert: convert? },
        })
    }

    fn factor(&mut self, it: &shape::Factor) -> Option<meter::Factor> {
        let numerator = self.or(&it.multiply, 1);
        let denominator = self.or(&it.divide, 1);
        Some(meter::Factor { numerator: numerator?.into(), denominator: denominator?.into() })
    }

    fn measure(&mut self, it: &shape::Measure) -> Option<Measure> {
        Some(match it {
            shape::Measure::Count => Measure::Count,
            shape::Measure::Sum(it) => Measure::Sum(self.field(&it.member, &it.decimals_max)?),
            shape::Measure::Counter(it) => {
                let field = self.field(&it.member, &it.decimals_max);
                let wraps_at = self.optional(&it.wraps_at);
                match (field?, wraps_at?) {
                    (field, None) => Measure::Counter(field),
                    (field, Some(wraps_at)) => {
                        Measure::Rollover(meter::Rollover { field, wraps_at })
                    }
                }
            }
            shape::Measure::Max(it) => Measure::Max(self.field(&it.member, &it.decimals_max)?),
            shape::Measure::Min(it) => Measure::Min(self.field(&it.member, &it.decimals_max)?),
            shape::Measure::Latest(it) => {
                Measure::Latest(self.field(&it.member, &it.decimals_max)?)
            }
            shape::Measure::Unique(it) => {
                Measure::Unique(meter::Member { name: it.member.clone() })
            }
            shape::Measure::TimeWeighted(it) => {
                let field = self.field(&it.member, &it.decimals_max);
                let per = self.read(&it.per);
                Measure::TimeWeighted(meter::Level { field: field?, per: per? })
            }
            shape::Measure::Duration(it) => Measure::Duration(self.session(it)?),
            shape::Measure::Interval(it) => {
                let field = self.field(&it.member, &it.decimals_max);
                let longest_seconds = self.read(&it.longest_seconds);
                let from = it.from.clone();
                let (field, longest_seconds) = (field?, longest_seconds?);
                Measure::Interval(meter::Interval { field, from, longest_seconds })
            }
        })
    }

    fn field(&mut self, name: &str, decimals_max: &Written<Decimals>) -> Option<meter::Field> {
        let decimals_max = self.read(decimals_max)?.0;
        Some(meter::Field { name: name.to_owned(), decimals_max })
    }

    fn session(&mut self, it: &shape::Session) -> Option<meter::Session> {
        let start = self.read(&it.start);
        let stop = self.read(&it.stop);
        let timeout_seconds = self.read(&it.timeout_seconds);
        let per = self.read(&it.per);
        Some(meter::Session {
            phase: it.phase.clone(),
            start: start?,
            stop: stop?,
            key: it.key.clone(),
            timeout_seconds: timeout_seconds?,
            per: per?,
        })
    }

    fn filter(&mut self, it: &shape::Filter) -> Option<meter::Filter> {
        Some(match it {
            shape::Filter::All(parts) => meter::Filter::All(self.all(parts, Self::filter)?),
            shape::Filter::Any(parts) => meter::Filter::Any(self.all(parts, Self::filter)?),
            shape::Filter::Not(part) => meter::Filter::Not(Box::new(self.filter(part)?)),
            shape::Filter::Test(it) => {
                let (member, test) = (it.member.clone(), self.test(it)?);
                meter::Filter::Member(meter::MemberTest { member, test })
            }
        })
    }

    fn test(&mut self, it: &shape::MemberTest) -> Option<Test> {
        Some(match self.read(&it.op)? {
            Op::Equal => Test::Equal(self.literal(it)?),
            Op::Different => Test::Different(self.literal(it)?),
            Op::Below => Test::Below(self.number(it)?),
            Op::AtMost => Test::AtMost(self.number(it)?),
            Op::Above => Test::Above(self.number(it)?),
            Op::AtLeast => Test::AtLeast(self.number(it)?),
            Op::In => Test::In(self.literals(it)?),
            Op::Contains => Test::Contains(self.one_text(it)?),
            Op::StartsWith => Test::StartsWith(self.one_text(it)?),
            Op::EndsWith => Test::EndsWith(self.one_text(it)?),
            op @ (Op::Exists | Op::Absent) => {
                if it.value.is_some() || it.number.is_some() || it.numbers.is_some() {
                    return self.not_one(it, "op");
                }
                Test::Exists(op == Op::Exists)
            }
        })
    }

    /// The one operand, of two that are possible.
    fn literal(&mut self, it: &shape::MemberTest) -> Option<Literal> {
        match (&it.value, &it.number, &it.numbers) {
            (Some(_), None, None) => self.one_text(it).map(Literal::Text),
            (None, Some(_), None) => self.number(it).map(Literal::Number),
            _ => self.not_one(it, "value, number"),
        }
    }

    fn literals(&mut self, it: &shape::MemberTest) -> Option<Vec<Literal>> {
        match (&it.value, &it.number, &it.numbers) {
            (Some(values), None, None) => {
                Some(self.texts(values)?.into_iter().map(Literal::Text).collect())
            }
            (None, None, Some(numbers)) => {
                let numbers = self.all(numbers, |reader, it| reader.read(it))?;
                Some(numbers.into_iter().map(Literal::Number).collect())
            }
            _ => self.not_one(it, "value, numbers"),
        }
    }

    fn number(&mut self, it: &shape::MemberTest) -> Option<kernel::Quantity> {
        match (&it.value, &it.number, &it.numbers) {
            (None, Some(number), None) => self.read(number),
            _ => self.not_one(it, "number"),
        }
    }

    fn one_text(&mut self, it: &shape::MemberTest) -> Option<String> {
        let (Some(values), None, None) = (&it.value, &it.number, &it.numbers) else {
            return self.not_one(it, "value");
        };
        let mut texts = self.texts(values)?;
        if texts.len() == 1 { texts.pop() } else { self.not_one(it, "value") }
    }

    fn texts(&mut self, values: &Values) -> Option<Vec<String>> {
        match values.kind() {
            Kind::One(text) => Some(vec![text.clone()]),
            Kind::Listed(texts) => Some(texts.clone()),
            Kind::Range { .. } | Kind::BeginsWith(_) => {
                let expected = "a value or a list of values".to_owned();
                let place = values.place(&self.place);
                self.faults.add(place, InputRejection::WrongKind { expected });
                None
            }
            Kind::Untyped(read_as) => {
                let read_as = (*read_as).to_owned();
                let place = values.place(&self.place);
                self.faults.add(place, InputRejection::QuotesNeeded { read_as });
                None
            }
        }
    }

    fn not_one<T>(&mut self, it: &shape::MemberTest, keys: &str) -> Option<T> {
        let place = it.op.place(&self.place);
        self.faults.add(place, InputRejection::NotOne { keys: keys.to_owned() });
        None
    }
}
