//! Each step that a line goes through, for a person who writes a meter. The steps are those of
//! [`crate::read`], and the outcome is its.

use std::collections::BTreeMap;
use std::fmt;

use facts::MeterCode;
use facts::usage::{Envelope, LineOutcome, RejectReason};
use kernel::Quantity;
use serde::Serialize;

use crate::read::read;
use crate::rules::{CompiledMeter, Rules, Scope, Stuck, shown};

/// What happens to a line, up to where it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The steps, in order; the first that fails is the last.
    pub steps: Vec<Step>,
    /// `taken`, `held` or `rejected`. Whether the id is taken already is not known here.
    pub outcome: &'static str,
    /// Why, for the last two: the code of its reason.
    pub reason: Option<&'static str>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// The meter of the type was looked for.
    Meter {
        /// `type` of the event.
        event_type: String,
        /// Who measures it.
        meter: Option<MeterCode>,
        /// The version that counts on the arrival day.
        version: Option<u32>,
    },
    /// The filter was asked.
    Accept {
        /// As in an expression.
        filter: String,
        /// What it said.
        accepted: bool,
    },
    /// A field was derived.
    Derive {
        /// Its name.
        name: String,
        /// Its expression.
        expression: String,
        /// What came out: a number in lowest terms or a text.
        value: Option<String>,
        /// Why nothing came out.
        problem: Option<String>,
    },
    /// The number was converted.
    Convert {
        /// `1 / 1000000`.
        factor: String,
        /// Before.
        from: String,
        /// After, as it is measured.
        to: Quantity,
    },
    /// The meter read the event.
    Measure {
        /// The kind of measure, as in the catalog file.
        measure: &'static str,
        /// What it reads: 1 for a count, the number for a sum, the reading of a counter.
        value: Option<Quantity>,
        /// What the measure keeps for itself: `$key`, `$lasted`.
        kept: BTreeMap<String, String>,
        /// Why it could not be read.
        problem: Option<String>,
    },
    /// Attributes were kept, for price tables.
    Dimensions {
        /// By name.
        values: BTreeMap<String, String>,
    },
}

/// What happens to a line; `None` is a line that is no JSON object.
#[must_use]
pub fn trace(envelope: Option<&Envelope<'_>>, rules: &Rules) -> Trace {
    let mut steps = Vec::new();
    if let Some(envelope) = envelope {
        let event_type = envelope.event_type.as_deref().unwrap_or_default();
        let meter = rules.of_type(event_type).map(|(_, meter)| meter);
        steps.push(Step::Meter {
            event_type: event_type.to_owned(),
            meter: meter.map(|it| it.meter.code.clone()),
            version: meter.map(|it| it.meter.version),
        });
        if let Some(meter) = meter {
            // What stopped it is told by the last step.
            let _ = follow(envelope, meter, &mut steps);
        }
    }
    let (outcome, reason) = match read(envelope, rules) {
        Err(unread) => ("rejected", Some(unread.reason.code())),
        Ok(event) => match event.outcome {
            LineOutcome::Held(reason) => ("held", Some(reason.code())),
            _ => ("taken", None),
        },
    };
    Trace { steps, outcome, reason }
}

/// The steps of a meter; an error ends them.
fn follow(
    envelope: &Envelope<'_>,
    meter: &CompiledMeter,
    steps: &mut Vec<Step>,
) -> Result<(), RejectReason> {
    if let Some(filter) = &meter.meter.mediation.accept {
        let accepted = meter.accepts(envelope);
        steps.push(Step::Accept { filter: filter.to_string(), accepted });
        if !accepted {
            return Err(RejectReason::Filtered);
        }
    }
    let scope = derive(envelope, meter, steps)?;
    let convert = meter.meter.mediation.convert;
    let (measure, read) = (meter.meter.measure.kind(), meter.measure(&scope));
    if let (Some(factor), Some(field), Ok((to, _))) = (convert, meter.meter.measure.field(), &read)
    {
        let from = scope.value(&field.name).and_then(|it| shown(&it).map(Into::into));
        let from = from.unwrap_or_else(|stuck| stuck.to_string());
        steps.push(Step::Convert { factor: factor.to_string(), from, to: *to });
    }
    let mut failed = |stuck: Stuck| {
        let (problem, kept) = (Some(stuck.to_string()), BTreeMap::new());
        steps.push(Step::Measure { measure, value: None, kept, problem });
        RejectReason::BadNumber
    };
    let (value, own) = read.map_err(&mut failed)?;
    let values = meter.dimensions(&scope, None).map_err(&mut failed)?;
    let owned =
        |(name, value): (&str, std::borrow::Cow<'_, str>)| (name.to_owned(), value.into_owned());
    let kept = own.into_iter().map(owned).collect();
    steps.push(Step::Measure { measure, value: Some(value), kept, problem: None });
    if !meter.meter.dimensions.is_empty() {
        steps.push(Step::Dimensions { values: values.into_iter().map(owned).collect() });
    }
    Ok(())
}

fn derive<'a>(
    envelope: &'a Envelope<'a>,
    meter: &'a CompiledMeter,
    steps: &mut Vec<Step>,
) -> Result<Scope<'a>, RejectReason> {
    let mut scope = Scope::new(envelope);
    let expressions = meter.expressions().map_err(|_| RejectReason::BadNumber)?;
    for ((name, expression), written) in expressions.iter().zip(&meter.meter.mediation.derive) {
        let worked_out = scope.evaluate(expression);
        let value = worked_out.as_ref().ok().and_then(|it| shown(it).ok()).map(Into::into);
        steps.push(Step::Derive {
            name: name.clone(),
            expression: written.expression.clone(),
            value,
            problem: worked_out.as_ref().err().map(ToString::to_string),
        });
        scope.derived.push((name, worked_out.map_err(|_| RejectReason::BadNumber)?));
    }
    Ok(scope)
}

impl fmt::Display for Trace {
    /// A line for each step.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{step}")?;
        }
        match self.reason {
            None => write!(f, "outcome     {}", self.outcome),
            Some(reason) => write!(f, "outcome     {}: {reason}", self.outcome),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = |values: &BTreeMap<String, String>| {
            let one = |(name, value): (&String, &String)| format!(" {name}={value}");
            values.iter().map(one).collect::<String>()
        };
        match self {
            Self::Meter { event_type, meter: Some(meter), version } => {
                let version = version.unwrap_or_default();
                write!(f, "meter       {event_type} -> {meter} version {version}")
            }
            Self::Meter { event_type, meter: None, .. } => {
                write!(f, "meter       {event_type} -> none")
            }
            Self::Accept { filter, accepted } => {
                write!(f, "accept      {filter} -> {}", if *accepted { "yes" } else { "no" })
            }
            Self::Derive { name, expression, value, problem } => {
                let came = value.as_deref().or(problem.as_deref()).unwrap_or_default();
                write!(f, "derive      {name} = {expression} -> {came}")
            }
            Self::Convert { factor, from, to } => {
                write!(f, "convert     {from} * {factor} -> {to}")
            }
            Self::Measure { measure, value: Some(value), kept, .. } => {
                write!(f, "measure     {measure} -> {value}{}", listed(kept))
            }
            Self::Measure { measure, value: None, problem, .. } => {
                write!(f, "measure     {measure} -> {}", problem.as_deref().unwrap_or_default())
            }
            Self::Dimensions { values } => write!(f, "dimensions {}", listed(values)),
        }
    }
}
