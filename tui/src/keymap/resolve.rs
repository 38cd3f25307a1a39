//! From a pressed key to a verb: the contexts of the layer on top, first to last, in one table
//! made of the defaults and the user's changes. Two verbs on one key in one context is an error
//! that names both; a remapped key takes the place of all defaults of its verb.

use std::collections::BTreeMap;

use super::{Action, Binding, Key, ParseKeyError, TABLE, parse_keys};
use crate::open_ledger::Ability;

/// The keys of one verb in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    context: &'static str,
    action: Action,
    keys: Vec<Vec<Key>>,
    hint: &'static str,
    needs: Option<Ability>,
}

/// Two verbs that want the same key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` is bound twice: {context}.{first} and {context}.{second}")]
pub struct Conflict {
    pub context: &'static str,
    pub key: String,
    pub first: &'static str,
    pub second: &'static str,
}

/// Why a user's keys were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("[app.keys] \"{id}\": no such command{}", suggestion.as_deref().map(|s| format!("; did you mean \"{s}\"?")).unwrap_or_default())]
    UnknownAction { id: String, suggestion: Option<String> },
    #[error("[app.keys] \"{id}\": {source}")]
    BadKey { id: String, source: ParseKeyError },
    #[error("[app.keys] {0}; give one of them another key")]
    Conflict(#[from] Conflict),
}

/// What the keys pressed so far mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    Run(Action),
    /// The start of a longer sequence.
    More,
    Nothing,
}

/// A line of help or a word of the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub action: Action,
    /// Every key, the first one first.
    pub keys: Vec<String>,
    /// The footer's word; empty when it is not meant for the footer.
    pub word: &'static str,
    pub context: &'static str,
    /// What its user must be allowed.
    pub needs: Option<Ability>,
}

impl Hint {
    /// The key that is shown, empty for a command of the palette only.
    pub fn key(&self) -> &str {
        self.keys.first().map_or("", String::as_str)
    }
}

/// All bindings in force.
#[derive(Debug, Clone)]
pub struct Keymap {
    bound: Vec<Bound>,
}

impl Default for Keymap {
    /// The default table; that it is sound is a test.
    fn default() -> Self {
        Self {
            bound: TABLE.iter().filter_map(|b| bind(b).ok()).collect(),
        }
    }
}

fn bind(binding: &Binding) -> Result<Bound, ParseKeyError> {
    Ok(Bound {
        context: binding.context,
        action: binding.action,
        keys: parse_keys(binding.keys)?,
        hint: binding.hint,
        needs: binding.needs,
    })
}

impl Keymap {
    /// The defaults with the user's changes: `expenses.delete = "x"`, or `delete = "x"` for every
    /// context that has it. An empty string takes the key away.
    pub fn with_changes(changes: &BTreeMap<String, String>) -> Result<Self, KeyError> {
        let mut map = Self::default();
        for (id, keys) in changes {
            map.change(id, keys)?;
        }
        map.check()?;
        Ok(map)
    }

    fn change(&mut self, id: &str, keys: &str) -> Result<(), KeyError> {
        let keys = parse_keys(keys).map_err(|source| KeyError::BadKey {
            id: id.to_owned(),
            source,
        })?;
        let (context, verb) = id
            .split_once('.')
            .map_or((None, id), |(context, verb)| (Some(context), verb));
        let mut is_known = false;
        for bound in &mut self.bound {
            if bound.action.id() == verb && context.is_none_or(|c| c == bound.context) {
                bound.keys.clone_from(&keys);
                is_known = true;
            }
        }
        if is_known {
            return Ok(());
        }
        Err(KeyError::UnknownAction {
            id: id.to_owned(),
            suggestion: self.nearest(id),
        })
    }

    fn nearest(&self, id: &str) -> Option<String> {
        self.bound
            .iter()
            .map(|b| format!("{}.{}", b.context, b.action.id()))
            .max_by(|a, b| strsim::jaro_winkler(a, id).total_cmp(&strsim::jaro_winkler(b, id)))
            .filter(|best| strsim::jaro_winkler(best, id) > 0.8)
    }

    /// No key of a context may mean two things, nor be the start of a longer one.
    pub fn check(&self) -> Result<(), Conflict> {
        for (at, one) in self.bound.iter().enumerate() {
            for other in self.bound.iter().skip(at + 1) {
                if one.context != other.context || one.action == other.action {
                    continue;
                }
                if let Some(keys) = clash(one, other) {
                    return Err(Conflict {
                        context: one.context,
                        key: print(keys),
                        first: one.action.id(),
                        second: other.action.id(),
                    });
                }
            }
        }
        Ok(())
    }

    /// What `pressed` means in the first of the contexts that knows it.
    pub fn resolve(&self, contexts: &[&str], pressed: &[Key]) -> Lookup {
        for context in contexts {
            for bound in self.bound.iter().filter(|b| b.context == *context) {
                for keys in &bound.keys {
                    if keys == pressed {
                        return Lookup::Run(bound.action);
                    }
                    if keys.starts_with(pressed) {
                        return Lookup::More;
                    }
                }
            }
        }
        Lookup::Nothing
    }

    /// What the user must be allowed for a verb to run in these contexts.
    pub fn needs(&self, contexts: &[&str], action: Action) -> Option<Ability> {
        contexts
            .iter()
            .find_map(|context| {
                self.bound
                    .iter()
                    .find(|bound| bound.context == *context && bound.action == action)
            })
            .and_then(|bound| bound.needs)
    }

    /// The key that asks for a verb in these contexts, as printed; empty when there is none.
    pub fn key_of(&self, contexts: &[&str], action: Action) -> String {
        self.hints(contexts, false)
            .into_iter()
            .find(|hint| hint.action == action)
            .map(|hint| hint.key().to_owned())
            .unwrap_or_default()
    }

    /// A sentence with the keys in force in the place of `<expenses.undo>` and its like; a verb without a key is named as
    /// the palette finds it. With it, where the part begins that starts with the last key.
    pub fn fill(&self, sentence: &str) -> (String, Option<usize>) {
        let mut filled = String::with_capacity(sentence.len());
        let (mut rest, mut last) = (sentence, None);
        while let Some((before, after)) = rest.split_once('<') {
            filled.push_str(before);
            let named = after.split_once('>').and_then(|(id, behind)| {
                let (context, verb) = id.split_once('.')?;
                let is_meant = |bound: &&Bound| bound.context == context && bound.action.id() == verb;
                let bound = self.bound.iter().find(is_meant)?;
                let key = bound.keys.first().map(|keys| print(keys));
                Some((key.unwrap_or_else(|| format!(":{verb}")), behind))
            });
            match named {
                Some((key, behind)) => {
                    last = Some(filled.len());
                    filled.push_str(&key);
                    rest = behind;
                }
                None => {
                    filled.push('<');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        (filled, last)
    }

    /// Everything that can be asked for in these contexts, without what an earlier context hides
    /// and, while a field has the cursor, without the keys that edit it.
    pub fn hints(&self, contexts: &[&str], is_typing: bool) -> Vec<Hint> {
        let mut taken: Vec<&[Key]> = Vec::new();
        let mut hints: Vec<Hint> = Vec::new();
        for context in contexts {
            let before = taken.len();
            for bound in self.bound.iter().filter(|b| b.context == *context) {
                let mine: Vec<&Vec<Key>> = bound
                    .keys
                    .iter()
                    .filter(|keys| !taken.iter().take(before).any(|t| t == &keys.as_slice()))
                    .filter(|keys| !is_typing || keys.iter().all(|key| key.edit().is_none()))
                    .collect();
                if hints.iter().any(|hint| hint.action == bound.action)
                    || (mine.is_empty() && !bound.keys.is_empty())
                {
                    continue;
                }
                taken.extend(mine.iter().map(|keys| keys.as_slice()));
                hints.push(Hint {
                    action: bound.action,
                    keys: mine.iter().map(|keys| print(keys)).collect(),
                    word: bound.hint,
                    context: bound.context,
                    needs: bound.needs,
                });
            }
        }
        hints
    }

    /// What may follow the keys pressed so far.
    pub fn continuations(&self, contexts: &[&str], pressed: &[Key]) -> Vec<(String, Action)> {
        let mut found = Vec::new();
        for bound in self.bound.iter().filter(|b| contexts.contains(&b.context)) {
            for keys in &bound.keys {
                if let Some(rest) = keys.strip_prefix(pressed)
                    && !rest.is_empty()
                {
                    found.push((print(rest), bound.action));
                }
            }
        }
        found
    }
}

fn clash<'a>(one: &'a Bound, other: &'a Bound) -> Option<&'a [Key]> {
    one.keys
        .iter()
        .flat_map(|a| other.keys.iter().map(move |b| (a, b)))
        .find(|(a, b)| a.starts_with(b) || b.starts_with(a))
        .map(|(a, b)| {
            if a.len() <= b.len() {
                a.as_slice()
            } else {
                b.as_slice()
            }
        })
}

fn print(keys: &[Key]) -> String {
    let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
    keys.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keymap::{KeyCode, parse_key};

    fn change(id: &str, keys: &str) -> Result<Keymap, KeyError> {
        Keymap::with_changes(&BTreeMap::from([(id.to_owned(), keys.to_owned())]))
    }

    #[test]
    fn the_default_table_is_sound() {
        for binding in TABLE {
            assert!(parse_keys(binding.keys).is_ok(), "{binding:?}");
        }
        assert_eq!(Keymap::default().check(), Ok(()));
    }

    #[test]
    fn no_default_needs_a_key_that_terminals_take() {
        for bound in &Keymap::default().bound {
            let Some(first) = bound.keys.first() else {
                continue;
            };
            for key in first {
                assert!(!key.alt, "{bound:?}");
                assert!(!matches!(key.code, KeyCode::F(_)), "{bound:?}");
                if key.ctrl && bound.action != Action::Suspend {
                    let KeyCode::Char(c) = key.code else { continue };
                    assert!(!"sqzhijmab".contains(c), "{bound:?}");
                }
            }
        }
    }

    #[test]
    fn no_key_of_every_context_hides_an_editing_key() {
        for bound in &Keymap::default().bound {
            if bound.context != "global" && bound.context != "form" && bound.context != "line" {
                continue;
            }
            for key in bound.keys.iter().flatten() {
                let edits = key.edit().is_some() && key.typed().is_none();
                // Backspace goes back only where nothing is typed.
                assert!(!edits || key.code == KeyCode::Backspace, "{bound:?}");
            }
        }
    }

    #[test]
    fn a_remapped_verb_leaves_its_old_keys() {
        let map = change("expenses.delete", "Q").unwrap();
        let run = |key: &str| map.resolve(&["expenses"], &[parse_key(key).unwrap()]);
        assert_eq!(run("Q"), Lookup::Run(Action::Delete));
        assert_eq!(run("d"), Lookup::Nothing);
        assert_eq!(
            map.resolve(&["sheet"], &[Key::char('d')]),
            Lookup::Run(Action::Delete)
        );
    }

    #[test]
    fn a_conflict_names_both() {
        let error = change("expenses.delete", "a").unwrap_err().to_string();
        assert!(error.contains("expenses.add"), "{error}");
        assert!(error.contains("expenses.delete"), "{error}");
        assert!(error.contains("`a`"), "{error}");
    }

    #[test]
    fn a_key_cannot_start_a_longer_one() {
        assert!(matches!(change("period.today", "p"), Err(KeyError::Conflict(_))));
    }

    #[test]
    fn an_unknown_verb_gets_a_suggestion() {
        let error = change("expenses.delte", "x").unwrap_err().to_string();
        assert!(error.contains("did you mean \"expenses.delete\"?"), "{error}");
        assert!(
            change("nonsense", "x")
                .unwrap_err()
                .to_string()
                .contains("no such command")
        );
    }

    #[test]
    fn a_bad_key_is_named() {
        let error = change("expenses.delete", "Entre").unwrap_err().to_string();
        assert!(
            error.contains("`Entre`") && error.contains("expenses.delete"),
            "{error}"
        );
    }

    #[test]
    fn a_sequence_waits_for_its_end() {
        let map = Keymap::default();
        assert_eq!(map.resolve(&["period"], &[Key::char('p')]), Lookup::More);
        assert_eq!(
            map.resolve(&["period"], &[Key::char('p'), Key::char('d')]),
            Lookup::Run(Action::PeriodDay)
        );
        assert_eq!(
            map.resolve(&["period"], &[Key::char('p'), Key::char('q')]),
            Lookup::Nothing
        );
        assert_eq!(
            map.continuations(&["period"], &[Key::char('p')]).first(),
            Some(&("m".to_owned(), Action::PeriodMonth))
        );
    }

    #[test]
    fn the_first_context_wins_and_hides_the_others_key() {
        let map = Keymap::default();
        let contexts = ["insights", "expenses"];
        assert_eq!(
            map.resolve(&contexts, &[Key::char('i')]),
            Lookup::Run(Action::ToggleIncome)
        );
        assert!(
            map.hints(&contexts, false)
                .iter()
                .all(|h| h.action != Action::AddForm)
        );
    }

    #[test]
    fn hints_show_the_key_in_force() {
        let map = change("expenses.add", "n").unwrap();
        assert_eq!(map.key_of(&["expenses"], Action::Add), "n");
        assert_eq!(map.key_of(&["expenses"], Action::Save), "");
    }
}
