//! Undo and redo by the log of the server: my latest change here that is not taken back yet, from whichever device it
//! was made, or one that was chosen. Rows that others changed since are named before anything is left as it is. Any
//! layer can ask; what was changed is announced, so that all of them show it.

use crate::book::{Lists, RowsChanged};
use crate::client::{Api, ClientError, Key};
use crate::desk::Desk;
use crate::figures;
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::layer::Layer;
use crate::live::LiveChanges;
use crate::logged;
use crate::popup::Confirm;
use crate::theme::Look;
use crate::under_way;
use api::change::{Change, ChangeQuery, ChangeSort, OpenTo, Skip, UndoResult};
use api::expense::Expense;
use api::id::{ExpenseId, OperationId};
use api::operation::Operation;
use api::page::PageQuery;
use api::problem::Code;
use futures_util::future::{join_all, try_join_all};
use futures_util::lock::Mutex;
use std::sync::Arc;

/// So many rows are looked at one by one afterwards; of more, everything is loaded again.
const FEW: usize = 20;
/// More rows than this are not taken back by one key without a question.
const UNASKED: u64 = 20;
/// Rows that are named in a question.
const NAMED: usize = 3;

/// Undos go one after the other: the next one finds what the one before left. Cheap to clone.
#[derive(Clone, Default)]
pub struct Turn(Arc<Mutex<()>>);

/// What a layer does with rows that were brought back or taken away, as they are now; it may add a sentence.
pub type Then<L> = fn(&mut L, &[Expense], &Look) -> Option<String>;

/// For layers that do nothing of their own.
pub fn nothing<L>(_: &mut L, _: &[Expense], _: &Look) -> Option<String> {
    None
}

/// What came of it.
enum Outcome {
    /// There is no such change.
    Nothing,
    /// There is none, since it is being taken back at this moment.
    UnderWay(Box<Operation>),
    /// It is large: is that what is meant?
    Large(Box<Change>),
    Done(Box<Change>, UndoResult, Option<Vec<Expense>>),
    Clash(Box<Change>, Clash),
    Failed(ClientError),
}

/// Rows that were changed since.
struct Clash {
    count: u64,
    /// Some of them, each with the change that came between.
    named: Vec<Change>,
}

/// Takes back my latest change, or does again what my latest undo took back.
pub fn latest<L: Layer>(desk: &Desk, open_to: OpenTo, then: Then<L>) -> Fx<L> {
    let (api, turn, of) = (desk.api.clone(), desk.undoing.clone(), desk.clone());
    let work = async move {
        let _turn = turn.0.lock().await;
        let query = ChangeQuery {
            sort: Some(ChangeSort::Newest),
            mine: Some(true),
            open_to: Some(open_to),
            page: PageQuery::first(1),
            ..ChangeQuery::default()
        };
        match api.list_changes(&query).await {
            Err(error) => Outcome::Failed(error),
            Ok(page) => match page.items.into_iter().next() {
                None => under_way(&api, open_to).await,
                Some(change) if open_to == OpenTo::Undo && logged::row_count(&change) > UNASKED => {
                    Outcome::Large(Box::new(change))
                }
                Some(change) => attempt(api, change, None).await,
            },
        }
    };
    let label = if open_to == OpenTo::Undo {
        "undoing"
    } else {
        "doing it again"
    };
    Fx::call(label, work, move |layer: &mut L, outcome, look| {
        if matches!(outcome, Outcome::Nothing) {
            return Fx::notify(match open_to {
                OpenTo::Undo => "Nothing of yours is left to undo here.",
                OpenTo::Redo => "No undo of yours is left to do again.",
            });
        }
        ended(&of, layer, outcome, then, look)
    })
}

/// Asks, then takes back the operation that a change belongs to.
pub fn chosen<L: Layer>(desk: &Desk, change: Change, then: Then<L>) -> Fx<L> {
    let base = desk.book.lists().base;
    if !change.is_undoable {
        let why = if change.undone_by.is_some() {
            "It was undone already; the undo stands above it and can be undone."
        } else {
            "Only changes of rows and of their names can be undone."
        };
        return Fx::notify(why);
    }
    let question = if change.kind == "undo" {
        format!("Do {} again?", logged::what(&change, base))
    } else {
        format!("Undo the {}?", logged::deed_noun(&change, base))
    };
    let of = desk.clone();
    Fx::ask(Confirm::new("Undo", question), move |_: &mut L, is_sure, _| {
        if is_sure {
            undo(&of, change, None, then)
        } else {
            Fx::notify("Left as it is.")
        }
    })
}

fn undo<L: Layer>(desk: &Desk, change: Change, skip: Option<Skip>, then: Then<L>) -> Fx<L> {
    let (api, turn, of) = (desk.api.clone(), desk.undoing.clone(), desk.clone());
    let work = async move {
        let _turn = turn.0.lock().await;
        attempt(api, change, skip).await
    };
    Fx::call("undoing", work, move |layer: &mut L, outcome, look| {
        ended(&of, layer, outcome, then, look)
    })
}

/// Where nothing is left to undo: the undo under way that is the reason, if there is one.
async fn under_way(api: &Arc<dyn Api>, open_to: OpenTo) -> Outcome {
    let kind = match open_to {
        OpenTo::Undo => "undo",
        OpenTo::Redo => "redo",
    };
    let running = api.list_running().await.map(|page| page.items);
    let running = running.unwrap_or_default();
    match running.into_iter().find(|operation| operation.kind == kind) {
        Some(operation) => Outcome::UnderWay(Box::new(operation)),
        None => Outcome::Nothing,
    }
}

/// Says so when an operation ends that was answered before its end.
fn follow<L: Layer>(desk: &Desk, id: OperationId) -> Fx<L> {
    let api = desk.api.clone();
    let work = async move {
        let operation = api.get_operation(id).await.ok()?;
        Some(under_way::ended(api, operation).await)
    };
    Fx::call_latest("under way", "undoing", work, |_: &mut L, ended, _| match ended {
        Some(operation) => {
            let all = LiveChanges {
                is_all: true,
                ..LiveChanges::default()
            };
            Fx::announce(crate::fx::Change::new(all))
                .and(Fx::notify(format!("{}.", under_way::sentence(&operation))))
        }
        None => Fx::none(),
    })
}

async fn attempt(api: Arc<dyn Api>, change: Change, skip: Option<Skip>) -> Outcome {
    let result = match api.undo_change(change.rev, skip, Key::new()).await {
        Ok(result) => result,
        Err(error) if error.code() == Some(Code::ChangedSince) => {
            let clash = clash(&api, &error).await;
            return Outcome::Clash(Box::new(change), clash);
        }
        Err(error) => return Outcome::Failed(error),
    };
    let few = logged::expenses(&change).filter(|ids| !ids.is_empty() && ids.len() <= FEW);
    let rows = match few.filter(|_| result.is_done) {
        Some(ids) => try_join_all(ids.into_iter().map(|id| api.get_expense(id)))
            .await
            .ok(),
        None => None,
    };
    Outcome::Done(Box::new(change), result, rows)
}

/// Who changed the rows that the server names.
async fn clash(api: &Arc<dyn Api>, error: &ClientError) -> Clash {
    let problem = error.problem();
    let errors = problem
        .map(|problem| problem.errors.as_slice())
        .unwrap_or_default();
    let ids = errors
        .iter()
        .filter_map(|fault| fault.pointer.strip_prefix("/expense/")?.parse::<ExpenseId>().ok());
    let latest = ids
        .take(NAMED)
        .map(|id| api.list_expense_history(id, &PageQuery::first(1)));
    let histories = join_all(latest).await.into_iter().filter_map(Result::ok);
    Clash {
        count: problem
            .and_then(|problem| problem.count)
            .unwrap_or(errors.len() as u64),
        named: histories
            .filter_map(|page| page.items.into_iter().next())
            .collect(),
    }
}

fn ended<L: Layer>(desk: &Desk, layer: &mut L, outcome: Outcome, then: Then<L>, look: &Look) -> Fx<L> {
    match outcome {
        Outcome::Nothing => Fx::none(),
        Outcome::UnderWay(operation) => Fx::notify(format!("{}.", under_way::sentence(&operation))),
        Outcome::Large(change) => chosen(desk, *change, then),
        Outcome::Failed(error) => Fx::notify(Message::error(format!("Not undone: {}", error.sentence()))),
        Outcome::Done(change, result, rows) => {
            let said = said(desk, &change, &result, look);
            let more = then(layer, rows.as_deref().unwrap_or_default(), look);
            let said = more.map_or(said.clone(), |more| format!("{said} {more}"));
            let has_names = rows.is_none() || logged::has_names(&change);
            // Where a row goes to another day, who shows either day has to look.
            let known = rows.filter(|_| !logged::is_moved(&change));
            let changed = RowsChanged::change(Vec::new(), known.unwrap_or_default());
            let lists = if has_names {
                desk.book.refresh(&desk.api)
            } else {
                Fx::none()
            };
            let rest = if result.is_done {
                Fx::none()
            } else {
                follow(desk, result.operation_id)
            };
            Fx::announce(changed).and(lists).and(Fx::notify(said)).and(rest)
        }
        Outcome::Clash(change, clash) => asked(desk, *change, &clash, then, look),
    }
}

/// `Undone: edit of 48.90 Rewe. U does it again.`
fn said(desk: &Desk, change: &Change, result: &UndoResult, look: &Look) -> String {
    let base = desk.book.lists().base;
    let is_redo = change.kind == "undo";
    let mut said = if is_redo {
        format!("Done again: {}.", logged::what(change, base))
    } else {
        format!("Undone: {}.", logged::deed_noun(change, base))
    };
    if let Some(stayed) = skipped_words(result) {
        said = format!("{said} {stayed} stayed as others left them.");
    }
    if !result.is_done {
        let reload = look.key(&["expenses", "global"], Action::Reload);
        said = format!("{said} The rest of it is being carried out; {reload} shows how far it is.");
    }
    if is_redo {
        format!("{said} <expenses.undo> takes it back.")
    } else {
        format!("{said} <expenses.redo> does it again.")
    }
}

/// `2 rows`, `1 row and 1 name`: what an undo passed over.
pub fn skipped_words(result: &UndoResult) -> Option<String> {
    let names = match result.skipped_names {
        0 => None,
        1 => Some("1 name".to_owned()),
        names => Some(format!("{} names", figures::grouped(&names.to_string()))),
    };
    match (result.skipped, names) {
        (0, names) => names,
        (rows, None) => Some(figures::rows(rows)),
        (rows, Some(names)) => Some(format!("{} and {names}", figures::rows(rows))),
    }
}

/// Some rows were changed since: the others, or none.
fn asked<L: Layer>(desk: &Desk, change: Change, clash: &Clash, then: Then<L>, look: &Look) -> Fx<L> {
    let lists = desk.book.lists();
    let named = names(clash, &lists);
    let count = clash.count;
    let total = logged::row_count(&change);
    if count >= total && logged::is_one_change(&change) {
        let history = look.key(&["expenses"], Action::History);
        let it_was = if count == 1 { "it was" } else { "they were" };
        return Fx::notify(Message::warning(format!(
            "Not undone, because {it_was} changed since: {named}. {history} on the row tells how."
        )));
    }
    let were = if count == 1 { "was" } else { "were" };
    let question = if count < total {
        let rest = total - count;
        format!(
            "{count} of {total} rows {were} changed since ({named}). <confirm.yes> undoes the other {rest}."
        )
    } else {
        format!(
            "{} {were} changed since ({named}). <confirm.yes> undoes the others.",
            figures::rows(count)
        )
    };
    let of = desk.clone();
    Fx::ask(Confirm::new("Undo", question), move |_: &mut L, is_sure, _| {
        if is_sure {
            undo(&of, change, Some(Skip::Conflicts), then)
        } else {
            Fx::notify("Nothing was undone.")
        }
    })
}

/// `48.90 Rewe by Ana, 6.40 Café by Ben, ...`
fn names(clash: &Clash, lists: &Lists) -> String {
    let mut named: Vec<String> = clash
        .named
        .iter()
        .map(|change| {
            let row = change.rows.first();
            let what = row.map_or_else(String::new, |row| logged::label(row, lists.base));
            format!("{what} by {}", who(change, lists))
        })
        .collect();
    if named.is_empty() {
        return figures::rows(clash.count);
    }
    if clash.count > named.len() as u64 {
        named.push("...".to_owned());
    }
    named.join(", ")
}

/// Who made a change, as the screen calls them.
pub fn who(change: &Change, lists: &Lists) -> String {
    match lists.members.label(change.by) {
        "" => change.by_name.clone(),
        label => label.to_owned(),
    }
}
