//! From what a person types for a row, an id or its end, to the row.

use super::{Context, Failure, book::suffix};
use api::expense::{Expense, ExpenseFilter, ExpenseQuery};
use api::id::ExpenseId;
use api::page::{MAX_LIMIT, PageQuery};

/// Shorter ends than this fit too many rows.
const SHORTEST: usize = 4;
/// An end as the list prints it; it is taken from the first page that has it.
const PRINTED: usize = 8;
/// Pages that are searched for the end of an id, newest rows first.
const PAGES: usize = 50;

/// A row that was named, with the version it had if it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) id: ExpenseId,
    pub(super) version: Option<i64>,
}

/// The rows that `named` name, in that order, each once. With `is_deleted` ends are looked for among the deleted rows
/// only, else among the others.
pub(super) async fn rows(
    context: &Context,
    named: &[String],
    is_deleted: bool,
) -> Result<Vec<Target>, Failure> {
    let wanted: Vec<Wanted> = named
        .iter()
        .map(|text| Wanted::parse(text))
        .collect::<Result<_, _>>()?;
    let found = search(context, &wanted, is_deleted).await?;
    let mut targets: Vec<Target> = Vec::new();
    for (wanted, matches) in wanted.iter().zip(found) {
        let target = match (wanted, matches.as_slice()) {
            (Wanted::Id(id), _) => Target {
                id: *id,
                version: None,
            },
            (Wanted::End(end), []) => return Err(none(end, is_deleted)),
            (Wanted::End(_), [row]) => Target {
                id: row.id,
                version: Some(row.version),
            },
            (Wanted::End(end), several) => return Err(fits_several(end, several)),
        };
        if !targets.iter().any(|known| known.id == target.id) {
            targets.push(target);
        }
    }
    Ok(targets)
}

enum Wanted {
    Id(ExpenseId),
    End(String),
}

impl Wanted {
    fn parse(text: &str) -> Result<Self, Failure> {
        let text = text.trim().to_lowercase();
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        let is_end =
            text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if is_end {
            return Ok(Self::End(text));
        }
        Err(Failure::Data(format!(
            "{text:?} names no row - write its id, or at least the last {SHORTEST} characters of it as `expense \
             list` prints them"
        )))
    }
}

/// What each end fits. An end as long as the list prints it is settled by the first page that has it; a shorter one is
/// looked for as far as the search goes, because it may fit another row.
async fn search(
    context: &Context,
    wanted: &[Wanted],
    is_deleted: bool,
) -> Result<Vec<Vec<Expense>>, Failure> {
    let mut found: Vec<Vec<Expense>> = wanted.iter().map(|_| Vec::new()).collect();
    let is_open = |(wanted, found): (&Wanted, &Vec<Expense>)| match wanted {
        Wanted::Id(_) => false,
        Wanted::End(end) => found.is_empty() || end.len() < PRINTED,
    };
    let mut page = PageQuery::largest(None);
    for _ in 0..PAGES {
        if !wanted.iter().zip(&found).any(is_open) {
            break;
        }
        let filter = ExpenseFilter {
            include_deleted: is_deleted.then_some(true),
            ..ExpenseFilter::default()
        };
        let query = ExpenseQuery {
            filter,
            page,
            ..ExpenseQuery::default()
        };
        let loaded = context.api.list_expenses(&query).await?;
        for row in loaded
            .items
            .into_iter()
            .filter(|row| row.deleted_at.is_some() == is_deleted)
        {
            let id = row.id.to_string();
            for (wanted, found) in wanted.iter().zip(&mut found) {
                if matches!(wanted, Wanted::End(end) if id.ends_with(end.as_str())) {
                    found.push(row.clone());
                }
            }
        }
        if loaded.next_cursor.is_none() {
            break;
        }
        page = PageQuery::largest(loaded.next_cursor);
    }
    Ok(found)
}

fn none(end: &str, is_deleted: bool) -> Failure {
    let which = if is_deleted { "deleted row" } else { "row" };
    let searched = PAGES * usize::try_from(MAX_LIMIT).unwrap_or(0);
    Failure::Data(format!(
        "No {which} among the newest {searched} has an id that ends in {end} - `expense list` prints the ends; an \
         older row needs its whole id"
    ))
}

fn fits_several(end: &str, rows: &[Expense]) -> Failure {
    let ends: Vec<_> = rows.iter().take(5).map(suffix).collect();
    Failure::Data(format!(
        "{end} fits {} rows - write more of the id, such as {}",
        rows.len(),
        ends.join(" or ")
    ))
}
