//! A value held against its rules. Each place has at most one fault, the one that explains most; what is larger than it
//! may be is not looked into, and faults that are not told any more are only counted.

use super::Schemas;
use super::rule::Rule;
use super::words::{amount_words, format_words, one_of, type_words};
use api::money::Amount;
use api::problem::{Fault, Faults};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt::Write as _;

/// Characters of a text that can matter to what is wrong with it.
const LOOKED_AT: usize = 64;

/// Everything that a value breaks.
pub(super) fn faults(schemas: &Schemas, rule: &Rule, value: &Value) -> Faults {
    let mut walk = Walk {
        schemas,
        place: Vec::new(),
        faults: Faults::default(),
    };
    walk.check(rule, value);
    walk.faults
}

#[derive(Clone, Copy)]
enum Step<'v> {
    Field(&'v str),
    Entry(usize),
}

struct Walk<'v> {
    schemas: &'v Schemas,
    place: Vec<Step<'v>>,
    faults: Faults,
}

impl<'v> Walk<'v> {
    /// Notes a fault of this place. The words are only made where they are told.
    fn tell(&mut self, words: impl FnOnce() -> (&'static str, String)) {
        let place = &self.place;
        self.faults.add_with(|| {
            let (code, detail) = words();
            Fault {
                pointer: pointer(place),
                code: code.to_owned(),
                detail,
                candidates: Vec::new(),
            }
        });
    }

    fn at(&mut self, step: Step<'v>, look: impl FnOnce(&mut Self)) {
        self.place.push(step);
        look(self);
        self.place.pop();
    }

    fn check(&mut self, rule: &'v Rule, value: &'v Value) {
        if value.is_null() && rule.may_be_null {
            return;
        }
        let schemas = self.schemas;
        match rule.refers_to.as_deref().map(|name| schemas.rule(name)) {
            None => {}
            Some(Some(named)) => self.check(named, value),
            Some(None) => {
                self.tell(|| {
                    (
                        "schema",
                        "This server does not know the schema of this field".into(),
                    )
                });
            }
        }
        for part in rule.all.iter().chain(rule.either.as_deref()) {
            self.check(part, value);
        }
        if !rule.kinds.is_empty() && !rule.kinds.iter().any(|kind| kind.fits(value)) {
            return self.tell(|| ("type", format!("This must be {}", type_words(&rule.kinds))));
        }
        match value {
            Value::String(text) => self.text(rule, value, text),
            Value::Array(entries) => self.entries(rule, entries),
            Value::Object(object) => self.fields(rule, object),
            Value::Number(_) => self.number(rule, value),
            Value::Bool(_) | Value::Null => self.option(rule, value),
        }
    }

    fn option(&mut self, rule: &Rule, value: &Value) {
        if let Some(options) = rule.options.as_ref().filter(|options| !options.contains(value)) {
            self.tell(|| ("not-one-of", one_of(options)));
        }
    }

    fn number(&mut self, rule: &Rule, value: &Value) {
        let number = value.as_f64().unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "bounds are small whole numbers")]
        let bound = |limit: Option<i64>, is_broken: fn(f64, f64) -> bool| {
            limit.filter(|limit| is_broken(number, *limit as f64))
        };
        if let Some(least) = bound(rule.number.0, |number, least| number < least) {
            self.tell(|| ("too-small", format!("At least {least}")));
        } else if let Some(most) = bound(rule.number.1, |number, most| number > most) {
            self.tell(|| ("too-large", format!("At most {most}")));
        } else {
            self.option(rule, value);
        }
    }

    /// What its form says of a text is better than what its length or pattern does.
    fn text(&mut self, rule: &Rule, value: &Value, text: &str) {
        if let Some(format) = rule.format.filter(|format| !format.fits(text)) {
            return self.tell(|| format_words(format, beginning(text)));
        }
        let (least, most) = rule.chars;
        // A text has no more characters than bytes, so that a short one need not be counted.
        let chars = || u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        if let Some(most) = most.filter(|most| bytes > *most && chars() > *most) {
            self.tell(|| ("too-long", format!("At most {most} characters")));
        } else if let Some(least) = least.filter(|least| chars() < *least) {
            self.tell(|| ("too-short", format!("At least {least} characters")));
        } else if let Some(pattern) = rule
            .pattern
            .as_ref()
            .filter(|pattern| !pattern.regex.is_match(text))
        {
            self.tell(|| match &pattern.example {
                _ if pattern.text == Amount::PATTERN => amount_words(beginning(text)),
                Some(example) => ("pattern", format!("Write it like {example}, as text")),
                None => ("pattern", format!("It must match {}", pattern.text)),
            });
        } else {
            self.option(rule, value);
        }
    }

    fn entries(&mut self, rule: &'v Rule, entries: &'v [Value]) {
        let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let (least, most) = rule.entries;
        if let Some(most) = most.filter(|most| count > *most) {
            // However many there are, they are one fault.
            return self.tell(|| ("too-many", format!("At most {most} entries")));
        }
        if let Some(least) = least.filter(|least| count < *least) {
            self.tell(|| ("too-few", format!("At least {least} entries")));
        } else if rule.is_set {
            let mut seen = HashSet::new();
            if !entries.iter().all(|entry| seen.insert(entry.to_string())) {
                self.tell(|| ("twice", "An entry is there twice".into()));
            }
        }
        if let Some(items) = rule.items.as_deref() {
            for (n, entry) in entries.iter().enumerate() {
                self.at(Step::Entry(n), |walk| walk.check(items, entry));
            }
        }
    }

    fn fields(&mut self, rule: &'v Rule, object: &'v Map<String, Value>) {
        if rule.is_closed {
            for name in object.keys().filter(|name| !rule.fields.contains_key(*name)) {
                self.unknown(name);
            }
        }
        for (name, rule) in &rule.fields {
            if let Some(value) = object.get(name) {
                self.at(Step::Field(name), |walk| walk.check(rule, value));
            }
        }
        for name in rule.required.iter().filter(|name| !object.contains_key(*name)) {
            self.at(Step::Field(name), |walk| {
                walk.tell(|| ("missing", format!("{name} is needed")));
            });
        }
    }

    fn unknown(&mut self, name: &str) {
        let place = &self.place;
        self.faults.add_with(|| {
            let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
            let mut pointer = pointer(place);
            add_field(&mut pointer, &name);
            Fault {
                pointer,
                code: "unknown".to_owned(),
                detail: format!("There is no field {name:?} here"),
                candidates: Vec::new(),
            }
        });
    }
}

/// The place as a JSON pointer.
fn pointer(place: &[Step<'_>]) -> String {
    let mut pointer = String::new();
    for step in place {
        match step {
            Step::Field(name) => add_field(&mut pointer, name),
            Step::Entry(n) => {
                let _ = write!(pointer, "/{n}");
            }
        }
    }
    pointer
}

fn add_field(pointer: &mut String, name: &str) {
    pointer.push('/');
    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
}

fn beginning(text: &str) -> &str {
    text.char_indices()
        .nth(LOOKED_AT)
        .and_then(|(end, _)| text.get(..end))
        .unwrap_or(text)
}
