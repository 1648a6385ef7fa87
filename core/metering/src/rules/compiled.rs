//! One meter, as it is asked for each line.

use std::borrow::Cow;

use facts::expression::Expression;
use facts::meter::{Field, Interval, Measure, MeterPublished, Session};
use facts::usage::{Envelope, RejectReason, Scalar};
use jiff::Timestamp;
use kernel::{Exact, Quantity, Rounding};

use super::evaluate::{Scope, Stuck, Value, shown};
use super::filter::accepts;
use crate::fold::{KEY, LASTED};
use crate::number::exact_decimal;

/// Attributes, by name.
pub type Attributes<'a> = Vec<(&'a str, Cow<'a, str>)>;

/// What a measure keeps for itself, beside the attributes.
pub type Own<'a> = Option<(&'static str, Cow<'a, str>)>;

/// A meter whose expressions are read.
#[derive(Debug, Clone)]
pub struct CompiledMeter {
    pub meter: MeterPublished,
    /// Names of the attributes that are kept, sorted.
    dimensions: Vec<String>,
    /// By name; none when one cannot be read.
    derive: Option<Vec<(String, Expression)>>,
    factor: Option<Exact>,
}

impl CompiledMeter {
    pub fn new(meter: MeterPublished) -> Self {
        let mut dimensions = meter.dimensions.clone();
        dimensions.sort_unstable();
        dimensions.dedup();
        let read = meter.mediation.derive.iter().map(|it| {
            Expression::parse(&it.expression).map(|expression| (it.name.clone(), expression))
        });
        let mut derive = read.collect::<Result<Vec<_>, _>>().ok();
        let factor = meter
            .mediation
            .convert
            .map(|it| Exact::ratio(i128::from(it.numerator), i128::from(it.denominator)));
        let factor = factor.transpose().unwrap_or_else(|_| {
            derive = None;
            None
        });
        Self { meter, dimensions, derive, factor }
    }

    /// Whether the event is usage at all.
    pub fn accepts(&self, envelope: &Envelope<'_>) -> bool {
        self.meter.mediation.accept.as_ref().is_none_or(|filter| accepts(filter, envelope))
    }

    /// The fields that are derived, by name.
    pub fn expressions(&self) -> Result<&[(String, Expression)], Stuck> {
        self.derive.as_deref().ok_or(Stuck::BadRules)
    }

    /// Derives the fields of an event.
    pub fn derive<'a>(&'a self, envelope: &'a Envelope<'a>) -> Result<Scope<'a>, Stuck> {
        let mut scope = Scope::new(envelope);
        for (name, expression) in self.expressions()? {
            let value = scope.evaluate(expression)?;
            scope.derived.push((name, value));
        }
        Ok(scope)
    }

    /// What the meter reads, and what its measure keeps for itself.
    pub fn measure<'a>(&'a self, scope: &Scope<'a>) -> Result<(Quantity, Own<'a>), Stuck> {
        match &self.meter.measure {
            Measure::Count => Ok((Quantity::ONE, None)),
            Measure::Sum(field)
            | Measure::Counter(field)
            | Measure::Max(field)
            | Measure::Min(field)
            | Measure::Latest(field) => Ok((self.number(scope, field)?, None)),
            Measure::Rollover(it) => Ok((self.number(scope, &it.field)?, None)),
            Measure::TimeWeighted(it) => Ok((self.number(scope, &it.field)?, None)),
            Measure::Unique(it) => Ok((Quantity::ONE, Some((KEY, key(scope, &it.name)?)))),
            Measure::Duration(it) => Ok((phase(scope, it)?, Some((KEY, key(scope, &it.key)?)))),
            Measure::Interval(it) => {
                let value = self.number(scope, &it.field)?;
                Ok((value, lasted(scope, it)?.map(|lasted| (LASTED, lasted.into()))))
            }
        }
    }

    /// The number, converted. What nine decimals cannot hold is rounded here, once, half to even;
    /// a number as sent that is not converted is never rounded.
    pub fn number(&self, scope: &Scope<'_>, field: &Field) -> Result<Quantity, Stuck> {
        let name = || field.name.clone();
        let exact = match (scope.derived(&field.name), self.factor) {
            (Some(Value::Number(value)), factor) => match factor {
                Some(factor) => value.times(factor)?,
                None => *value,
            },
            (Some(_), _) => return Err(Stuck::NoNumber(name())),
            (None, None) => return self.sent(scope, field),
            (None, Some(factor)) => self.sent(scope, field)?.exact().times(factor)?,
        };
        if exact < Exact::ZERO {
            return Err(Stuck::Negative(name()));
        }
        Ok(Rounding::HalfEven.quantity(exact)?)
    }

    /// The number as sent.
    pub fn sent(&self, scope: &Scope<'_>, field: &Field) -> Result<Quantity, Stuck> {
        let name = || field.name.clone();
        let text = match scope.envelope.member(&field.name) {
            Some(Scalar::Number(text)) => text,
            Some(_) => return Err(Stuck::NoNumber(name())),
            None => return Err(Stuck::Missing(name())),
        };
        let value = exact_decimal(text).ok_or_else(|| Stuck::NoNumber(name()))?;
        if value.is_sign_negative() {
            return Err(Stuck::Negative(name()));
        }
        if value.scale() > field.decimals_max {
            return Err(Stuck::TooPrecise(name(), field.decimals_max));
        }
        let precise = Quantity::DECIMALS_MAX;
        Quantity::new(value).map_err(|_| Stuck::TooPrecise(name(), precise))
    }

    /// Attributes that the event has, sorted by name.
    pub fn dimensions<'a>(
        &'a self,
        scope: &Scope<'a>,
        own: Own<'a>,
    ) -> Result<Attributes<'a>, Stuck> {
        let mut kept = Vec::with_capacity(self.dimensions.len() + usize::from(own.is_some()));
        for name in &self.dimensions {
            let text = match (scope.derived(name), scope.envelope.member(name)) {
                (Some(value), _) => shown(value)?,
                (None, Some(Scalar::Text(text))) => Cow::Borrowed(text.as_ref()),
                (None, Some(Scalar::Number(text))) => Cow::Borrowed(*text),
                (None, Some(Scalar::Other) | None) => continue,
            };
            kept.push((name.as_str(), text));
        }
        if let Some(own) = own {
            kept.push(own);
            kept.sort_unstable_by_key(|(name, _)| *name);
        }
        Ok(kept)
    }
}

/// Why a line with this type takes no id, or what it says.
pub fn say<'a>(
    envelope: &'a Envelope<'a>,
    meter: &'a CompiledMeter,
) -> Result<(Quantity, Attributes<'a>), RejectReason> {
    if !meter.accepts(envelope) {
        return Err(RejectReason::Filtered);
    }
    let said = || -> Result<_, Stuck> {
        let scope = meter.derive(envelope)?;
        let (value, own) = meter.measure(&scope)?;
        Ok((value, meter.dimensions(&scope, own)?))
    };
    said().map_err(|_| RejectReason::BadNumber)
}

/// What is counted once, or pairs a start and a stop: a text is never equal to a number.
fn key<'a>(scope: &Scope<'a>, name: &str) -> Result<Cow<'a, str>, Stuck> {
    match scope.value(name)? {
        Value::Text(text) => Ok(format!("\"{text}").into()),
        number => shown(&number),
    }
}

/// 1 for a start, 0 for a stop.
fn phase(scope: &Scope<'_>, rule: &Session) -> Result<Quantity, Stuck> {
    match scope.value(&rule.phase)? {
        Value::Text(text) if text == rule.start => Ok(Quantity::ONE),
        Value::Text(text) if text == rule.stop => Ok(Quantity::ZERO),
        _ => Err(Stuck::NoPhase(rule.phase.clone())),
    }
}

/// Microseconds from where the interval begins to `time`; none when the event has no time, for
/// which it is rejected all the same.
fn lasted(scope: &Scope<'_>, rule: &Interval) -> Result<Option<String>, Stuck> {
    let no_instant = || Stuck::NoInstant(rule.from.clone());
    let Value::Text(from) = scope.value(&rule.from)? else { return Err(no_instant()) };
    let from = instant(&from).ok_or_else(no_instant)?;
    let Some(to) = scope.envelope.happened_at else { return Ok(None) };
    let lasted = to.as_microsecond() - from.as_microsecond();
    let longest = i64::from(rule.longest_seconds) * 1_000_000;
    if (0..=longest).contains(&lasted) {
        Ok(Some(lasted.to_string()))
    } else {
        Err(Stuck::Length(lasted))
    }
}

/// An instant of RFC 3339. The library reads other formats too, which senders of `time` may not
/// use either.
fn instant(text: &str) -> Option<Timestamp> {
    let at = |place: usize| text.as_bytes().get(place).copied();
    let shape = [at(4), at(7), at(10), at(13), at(16)].map(|it| it.unwrap_or_default());
    let strict = shape.eq_ignore_ascii_case(b"--t::") && !text.contains(['[', ' ', ',']);
    if strict { text.parse().ok() } else { None }
}
