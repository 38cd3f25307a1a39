//! Names in a line: which entry of a list is meant. Exact first, then the one whose beginning fits, then the one with a
//! word whose beginning fits. Fuzzy matching and ranking are the app's.

use crate::text::fold;

/// A list of names with the folds they are found by.
#[derive(Debug, Clone, Default)]
pub struct Names {
    entries: Vec<Named>,
}

#[derive(Debug, Clone)]
struct Named {
    name: String,
    parent: Option<String>,
    fold: String,
    path_fold: String,
}

/// What a name in a line stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The entry at this position of the list.
    Known(usize),
    /// None of the list.
    New,
    /// Several, at these positions.
    Ambiguous(Vec<usize>),
}

/// A name as typed and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameRef {
    /// The text without mark and quotes, cleaned.
    pub text: String,
    /// True when it was quoted: then only the whole name fits.
    pub is_exact: bool,
    /// What it stands for.
    pub matched: Match,
}

impl NameRef {
    /// The position in the list, where exactly one entry fits.
    pub fn known(&self) -> Option<usize> {
        match self.matched {
            Match::Known(at) => Some(at),
            Match::New | Match::Ambiguous(_) => None,
        }
    }
}

impl Names {
    /// A list of names without parents, in this order.
    pub fn flat<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        let mut list = Self::default();
        for name in names {
            list.push(name.as_ref(), None);
        }
        list
    }

    /// Adds a name, below `parent` where there is one.
    pub fn push(&mut self, name: &str, parent: Option<&str>) {
        let path_fold = parent.map_or_else(String::new, |parent| fold_path(&format!("{parent}: {name}")));
        self.entries.push(Named {
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            fold: fold(name),
            path_fold,
        });
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The name at a position.
    pub fn name(&self, at: usize) -> Option<&str> {
        self.entries.get(at).map(|entry| entry.name.as_str())
    }

    /// The name at a position with its parent before it: `Food: Sushi`.
    pub fn path(&self, at: usize) -> Option<String> {
        let entry = self.entries.get(at)?;
        Some(match &entry.parent {
            Some(parent) => format!("{parent}: {}", entry.name),
            None => entry.name.clone(),
        })
    }

    /// A typed name written out: that of the list, with its parent, where one fits, else the text.
    pub fn written(&self, name: &NameRef) -> String {
        name.known()
            .and_then(|at| self.path(at))
            .unwrap_or_else(|| name.text.clone())
    }

    /// What a typed name stands for. With `is_exact` only a whole name fits.
    pub fn find(&self, text: &str, is_exact: bool) -> Match {
        let wanted = fold(text);
        if wanted.is_empty() {
            return Match::New;
        }
        let path = fold_path(text);
        self.only(|entry| entry.parent.is_none() && entry.fold == wanted)
            .or_else(|| self.only(|entry| entry.fold == wanted || entry.path_fold == path))
            .or_else(|| {
                if is_exact {
                    None
                } else {
                    self.begins(&wanted, &path)
                }
            })
            .unwrap_or(Match::New)
    }

    fn begins(&self, wanted: &str, path: &str) -> Option<Match> {
        self.only(|entry| entry.fold.starts_with(wanted) || entry.path_fold.starts_with(path))
            .or_else(|| {
                self.only(|entry| {
                    entry
                        .fold
                        .split(|c: char| !c.is_alphanumeric())
                        .any(|word| word.starts_with(wanted))
                })
            })
    }

    /// The entries that fit. `None` when there is none.
    fn only(&self, fits: impl Fn(&Named) -> bool) -> Option<Match> {
        let found: Vec<usize> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| fits(entry))
            .map(|(at, _)| at)
            .collect();
        match found.as_slice() {
            [] => None,
            [one] => Some(Match::Known(*one)),
            _ => Some(Match::Ambiguous(found)),
        }
    }
}

/// The fold of a path, without blanks around the colon: `food:sushi`.
fn fold_path(text: &str) -> String {
    fold(text).split(':').map(str::trim).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let mut names = Names::flat([
            "Food",
            "Food delivery",
            "Eating out",
            "Café",
            "Other",
            "Travel",
            "Car",
        ]);
        names.push("Other", Some("Food"));
        names.push("Taxi", Some("Travel"));
        names.push("Insurance", Some("Car"));
        names.push("Insurance", Some("Travel"));
        names
    }

    fn found(text: &str) -> Match {
        names().find(text, false)
    }

    #[test]
    fn the_whole_name_wins_over_a_beginning() {
        assert_eq!(found("FOOD"), Match::Known(0));
        assert_eq!(found("cafe"), Match::Known(3));
        assert_eq!(found("other"), Match::Known(4));
    }

    #[test]
    fn a_beginning_finds_the_only_name_it_fits() {
        assert_eq!(found("ea"), Match::Known(2));
        assert_eq!(found("out"), Match::Known(2));
        assert_eq!(found("deliv"), Match::Known(1));
        assert_eq!(found("foo"), Match::Ambiguous(vec![0, 1, 7]));
        assert_eq!(found("sushi"), Match::New);
        assert_eq!(found("ating"), Match::New);
        assert_eq!(found(""), Match::New);
        assert_eq!(found("\u{301}"), Match::New);
    }

    #[test]
    fn a_parent_tells_equal_names_apart() {
        assert_eq!(found("insurance"), Match::Ambiguous(vec![9, 10]));
        assert_eq!(found("car:insurance"), Match::Known(9));
        assert_eq!(found("Travel: Insurance"), Match::Known(10));
        assert_eq!(found("travel:ta"), Match::Known(8));
        assert_eq!(names().path(9).as_deref(), Some("Car: Insurance"));
    }

    #[test]
    fn quotes_ask_for_the_whole_name() {
        assert_eq!(names().find("eating", true), Match::New);
        assert_eq!(names().find("eating OUT", true), Match::Known(2));
    }
}
