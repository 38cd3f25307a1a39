//! `expense categories`, `accounts`, `payees` and `tags`: one set of actions on four dictionaries.

mod noun;

pub(super) use noun::Noun;

use super::{Context, Failure, table::Table, under_way};
use crate::client::Key;
use crate::figures;
use api::account::AccountKind;
use api::operation::Operation;
use api::page::PageQuery;
use api::text::fold;
use clap::{Args, Subcommand};
use noun::Item;

/// What to do with a dictionary.
#[derive(Debug, Clone, Args)]
pub(super) struct Dictionary {
    #[command(subcommand)]
    action: Option<Action>,
}

impl Dictionary {
    pub(super) fn is_write(&self) -> bool {
        !matches!(self.action, None | Some(Action::List))
    }
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// List them, archived ones marked (the default)
    List,
    /// Make one
    Add {
        name: String,
        /// Categories: the category it belongs under
        #[arg(long, value_name = "NAME")]
        under: Option<String>,
        /// Accounts: cash, card, bank, wallet or other
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
    },
    /// Give one another name
    Rename { name: String, new_name: String },
    /// Keep it for old rows, offer it for new ones no more
    Archive { name: String },
    /// Offer it again
    Unarchive { name: String },
    /// Move all rows of one to another and delete it
    Merge { name: String, into: String },
    /// Accounts: say whose it is, who then paid its new rows where nothing else is said; nobody's where left out
    Owner { name: String, member: Option<String> },
    /// Delete one that nothing uses
    Delete { name: String },
}

pub(super) async fn run(noun: Noun, dictionary: Dictionary, context: &mut Context) -> Result<(), Failure> {
    let action = dictionary.action.unwrap_or(Action::List);
    if matches!(action, Action::List) {
        return list(noun, context).await;
    }
    let said = perform(noun, &action, context).await?;
    if !context.json()? {
        context.out.say(&said);
    }
    Ok(())
}

/// Carries out an action that writes. Gives what to say about it.
async fn perform(noun: Noun, action: &Action, context: &mut Context) -> Result<String, Failure> {
    let items = every(noun, context).await?;
    let find = |name: &str| find(noun, &items, name);
    Ok(match action {
        Action::List => String::new(),
        Action::Add { name, under, kind } => {
            let parent = under.as_deref().map(find).transpose()?.map(|parent| parent.id);
            noun.add(context, name, parent, account_kind(noun, kind.as_deref())?)
                .await?;
            format!("Made {name}.")
        }
        Action::Rename { name, new_name } => {
            noun.change(context, find(name)?, Some(new_name.clone()), None)
                .await?;
            format!("{name} is {new_name} now.")
        }
        Action::Archive { name } => {
            noun.change(context, find(name)?, None, Some(true)).await?;
            format!("Archived {name}.")
        }
        Action::Unarchive { name } => {
            noun.change(context, find(name)?, None, Some(false)).await?;
            format!("{name} is offered again.")
        }
        Action::Merge { name, into } => {
            let (from, to, key) = (find(name)?.id, find(into)?.id, Key::new());
            let is_it = |operation: &Operation| operation.kind.starts_with("merge_");
            let done = loop {
                let work = noun.merge(context, from, to, key);
                let done = under_way::told(context, is_it, work).await?;
                if done.is_done {
                    break done;
                }
                // Sent again under its key once it is done, it answers what came of all of it.
                under_way::finished(context, done.operation_id).await?;
            };
            format!("{} of {name} moved to {into}.", figures::rows(done.moved))
        }
        Action::Owner { name, member } => {
            if noun != Noun::Account {
                return Err(Failure::Usage("Only accounts have an owner".to_owned()));
            }
            Noun::set_owner(context, find(name)?, member.clone()).await?;
            let whose = member.as_ref().map_or("nobody's", String::as_str);
            format!("{name}: {whose} from now on; rows recorded before keep who paid them.")
        }
        Action::Delete { name } => {
            noun.delete(context, find(name)?).await?;
            format!("Deleted {name}.")
        }
    })
}

fn account_kind(noun: Noun, word: Option<&str>) -> Result<Option<AccountKind>, Failure> {
    match word {
        Some(_) if noun != Noun::Account => Err(Failure::Usage("--kind is for accounts".to_owned())),
        Some(word) => AccountKind::from_word(word)
            .map(Some)
            .ok_or_else(|| Failure::Usage("--kind is one of cash, card, bank, wallet, other".to_owned())),
        None => Ok(None),
    }
}

async fn every(noun: Noun, context: &Context) -> Result<Vec<Item>, Failure> {
    let (mut items, mut next) = (Vec::new(), None);
    loop {
        let (page, cursor) = noun.page(context, &PageQuery::largest(next)).await?;
        items.extend(page);
        match cursor {
            Some(cursor) => next = Some(cursor),
            None => return Ok(items),
        }
    }
}

/// The one of that name, whatever its case and accents; `Food: Groceries` names one in another.
fn find<'a>(noun: Noun, items: &'a [Item], name: &str) -> Result<&'a Item, Failure> {
    let wanted = fold(name);
    let fits = |item: &&Item| fold(&item.name) == wanted || fold(&path(items, item)) == wanted;
    let found: Vec<_> = items.iter().filter(fits).collect();
    let (one, many) = noun.words();
    match found.as_slice() {
        [item] => Ok(item),
        [] => {
            let near = items
                .iter()
                .map(|item| (strsim::jaro_winkler(&fold(&item.name), &wanted), item));
            let near = near
                .filter(|(likeness, _)| *likeness > 0.8)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let hint = near.map_or_else(
                || format!("`expense {many}` lists them"),
                |(_, item)| format!("perhaps {}", item.name),
            );
            Err(Failure::Data(format!("No {one} is called {name} - {hint}")))
        }
        several => {
            let paths: Vec<_> = several.iter().map(|item| path(items, item)).collect();
            Err(Failure::Data(format!(
                "{name} names several - write {}",
                paths.join(" or ")
            )))
        }
    }
}

fn path(items: &[Item], item: &Item) -> String {
    let parent = items.iter().find(|other| Some(other.id) == item.parent);
    parent.map_or_else(
        || item.name.clone(),
        |parent| format!("{}: {}", parent.name, item.name),
    )
}

async fn list(noun: Noun, context: &mut Context) -> Result<(), Failure> {
    let (mut items, mut next) = (Vec::new(), None);
    loop {
        let (page, cursor) = noun.page(context, &PageQuery::largest(next)).await?;
        context.json()?;
        items.extend(page);
        match cursor {
            Some(cursor) => next = Some(cursor),
            None => break,
        }
    }
    if context.out.is_json {
        return Ok(());
    }
    let mut lines: Vec<_> = items
        .iter()
        .map(|item| (fold(&path(&items, item)), item))
        .collect();
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    let mut table = Table::new("Lll");
    for (_, item) in lines {
        let state = if item.is_archived { "archived" } else { "" };
        table.row([path(&items, item), item.detail.to_owned(), state.to_owned()]);
    }
    if table.is_empty() {
        context.out.say("None yet.");
    }
    table.print(&mut context.out)
}
