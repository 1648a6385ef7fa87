//! Meters: what would become of an event.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use connect::InputRejection;
use engine::usage::Trial;
use metering::Step;
use serde_json::{Value, json};

use super::usage::say::{self, NOTHING, Remedy};
use crate::args::Common;
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn test(
    common: &Common,
    event: &Path,
    at: &Option<String>,
    draft: Option<&Path>,
    texts: &Texts,
) -> Result<ExitCode, Failure> {
    let line = first_event(event)?;
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let day = match say::day(at.as_deref())? {
        Some(day) => day,
        None => engine::usage::today(store.as_mut(), now)?,
    };
    let draft = draft.map(::imports::read_catalog).transpose()?;
    let trial = ::imports::try_usage(store.as_mut(), &line, day, draft.as_ref())?;
    Shown {
        json: as_json(&trial, texts),
        tables: vec![steps(&trial, texts)],
        after: vec![texts.text("trial-nothing-received")],
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// One JSON value may stand on several lines; else the first line that is not empty is taken.
fn first_event(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = match path.to_str() {
        Some("-") => std::io::stdin().read_to_end(&mut bytes),
        _ => std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
    };
    let cannot_open = |error: std::io::Error| {
        Failure::at(path, InputRejection::CannotOpen { reason: error.to_string() })
    };
    read.map_err(cannot_open)?;
    let is_one: Result<&serde_json::value::RawValue, _> = serde_json::from_slice(&bytes);
    if is_one.is_ok() {
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        return Ok(lines.join(&b' '));
    }
    let lines = bytes.split(|byte| *byte == b'\n');
    let first = lines.map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
    let missing = || Failure::at(path, InputRejection::Missing { field: "event".to_owned() });
    first.map(<[u8]>::to_vec).ok_or_else(missing)
}

fn steps(trial: &Trial, texts: &Texts) -> Table {
    let day = documents::format::date(trial.arrived_on, texts.language);
    let mut table = Table::new(
        Some(texts.with("trial-title", &[("day", &day)])),
        vec![
            (texts.text("column-step"), Kind::Words),
            (texts.text("column-happened"), Kind::Words),
        ],
    );
    let mut step = |key: &str, told: Vec<String>| {
        let name = texts.text(&format!("trial-{key}"));
        for (index, line) in told.into_iter().enumerate() {
            let name = if index == 0 { name.clone() } else { String::new() };
            table.rows.push(vec![name, line]);
        }
    };
    for it in &trial.trace.steps {
        let (key, told) = told(it, trial, texts);
        step(key, vec![told]);
    }
    if let (Some(standing), Some(subject)) = (&trial.standing, &trial.subject) {
        let holder = standing.holder();
        let subject = [("subject", subject.as_str())];
        step(
            "whose",
            match holder {
                Some(holder) => say::turn(holder, texts),
                None if standing.turns.is_empty() => vec![texts.with("whose-nobody", &subject)],
                None => standing.turns.iter().flat_map(|turn| say::turn(turn, texts)).collect(),
            },
        );
        if let Some(priced) = &standing.priced {
            let quarter = format!("{} +15 min", say::instant(standing.quarter_at));
            step("quarter", vec![quarter]);
            step("price", say::price(priced, texts));
        }
    }
    if let Some(taken) = &trial.taken {
        let (line, day) = (taken.arrival.line.to_string(), taken.arrival.arrived_on.to_string());
        let names = [("file", taken.name.as_str()), ("line", &line), ("day", &day)];
        step("taken", vec![texts.with("trial-id-taken", &names)]);
    }
    let mut outcome = vec![say::outcome(trial.outcome, trial.reason, texts)];
    outcome.extend(remedy(trial, texts));
    step("outcome", outcome);
    table
}

fn remedy(trial: &Trial, texts: &Texts) -> Option<String> {
    let event_type = trial.trace.steps.iter().find_map(|it| match it {
        Step::Meter { event_type, .. } => Some(event_type.as_str()),
        _ => None,
    });
    let holder = trial.standing.as_ref().and_then(engine::usage::Standing::holder);
    let remedy = Remedy {
        reason: trial.reason?,
        subject: trial.subject.as_deref().unwrap_or(NOTHING),
        meter: trial.meter.as_ref().map(|it| it.code.as_str()),
        unknown_type: event_type,
        offer: holder.map(|turn| turn.offer.code.as_str()),
    };
    (trial.outcome == "quarantined").then(|| remedy.text(texts))
}

/// The name of a step, and what it made.
fn told(step: &Step, trial: &Trial, texts: &Texts) -> (&'static str, String) {
    match step {
        Step::Meter { event_type, meter: Some(meter), version } => {
            let version = version.map(|it| it.to_string()).unwrap_or_default();
            let names = [("type", event_type.as_str()), ("meter", meter.as_str())];
            let names = [names[0], names[1], ("version", &version)];
            ("meter", texts.with("trial-meter-found", &names))
        }
        Step::Meter { event_type, meter: None, .. } => {
            ("meter", texts.with("explain-no-meter", &[("type", event_type)]))
        }
        Step::Accept { filter, accepted } => {
            let key = if *accepted { "trial-accepted" } else { "trial-filtered" };
            ("accept", texts.with(key, &[("filter", filter)]))
        }
        Step::Derive { name, expression, value, problem } => {
            let made = value.as_deref().or(problem.as_deref()).unwrap_or(NOTHING);
            ("derive", format!("{name} = {expression} → {made}"))
        }
        Step::Convert { factor, from, to } => ("convert", format!("{from} × {factor} → {to}")),
        Step::Measure { measure, value: Some(value), .. } => {
            let value = say::measured(*value, trial.meter.as_ref(), texts);
            ("measure", format!("{measure} → {value}"))
        }
        Step::Measure { measure, problem, .. } => {
            let problem = problem.as_deref().unwrap_or(NOTHING);
            ("measure", format!("{measure} → {problem}"))
        }
        Step::Dimensions { values } => ("dimensions", say::attributes(values)),
    }
}

fn as_json(trial: &Trial, texts: &Texts) -> Value {
    let standing = trial.standing.as_ref();
    let holder = standing.and_then(engine::usage::Standing::holder);
    json!({
        "arrived_on": trial.arrived_on,
        "source": trial.event.as_ref().map(|(source, _)| source),
        "id": trial.event.as_ref().map(|(_, id)| id),
        "subject": trial.subject,
        "happened_at": trial.happened_at,
        "steps": trial.trace.steps,
        "outcome": trial.outcome,
        "reason": trial.reason,
        "remedy": remedy(trial, texts),
        "id_taken_by": trial.taken.as_ref().map(|it| json!({
            "file": it.name, "line": it.arrival.line, "arrived_on": it.arrival.arrived_on,
        })),
        "unit": holder.map(|turn| &turn.unit),
        "account": holder.map(|turn| &turn.account),
        "held": standing.map(say::turns_json),
        "quarter_at": standing.map(|it| it.quarter_at),
        "price": standing.and_then(|it| it.priced.as_ref()).map(say::price_json),
    })
}
