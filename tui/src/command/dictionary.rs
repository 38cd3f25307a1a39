//! `expense categories`, `accounts`, `payees` and `tags`: one set of actions on four dictionaries.

use super::{Context, Failure, table::Table};
use crate::client::{ClientError, Key, PageQuery};
use api::account::{AccountKind, AccountPatch, NewAccount};
use api::category::{CategoryPatch, NewCategory, OperationResult};
use api::payee::{NewPayee, PayeePatch};
use api::tag::{NewTag, TagPatch};
use api::text::fold;
use clap::{Args, Subcommand};
use uuid::Uuid;

/// Which dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noun {
    Category,
    Account,
    Payee,
    Tag,
}

/// What to do with a dictionary.
#[derive(Debug, Clone, Args)]
pub(super) struct Dictionary {
    #[command(subcommand)]
    action: Option<Action>,
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
    /// Delete one that nothing uses
    Delete { name: String },
}

/// What the four have in common.
struct Item {
    id: Uuid,
    parent: Option<Uuid>,
    name: String,
    detail: &'static str,
    is_archived: bool,
    version: i64,
}

macro_rules! item {
    ($row:expr, $parent:expr, $detail:expr) => {
        Item {
            id: $row.id.0,
            parent: $parent,
            name: $row.name.clone(),
            detail: $detail,
            is_archived: $row.is_archived,
            version: $row.version,
        }
    };
}

impl Noun {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Category => ("category", "categories"),
            Self::Account => ("account", "accounts"),
            Self::Payee => ("payee", "payees"),
            Self::Tag => ("tag", "tags"),
        }
    }

    /// One page, and the cursor of the next.
    async fn page(
        self,
        context: &Context,
        page: &PageQuery,
    ) -> Result<(Vec<Item>, Option<String>), ClientError> {
        let api = &context.api;
        Ok(match self {
            Self::Category => {
                let page = api.list_categories(page).await?;
                let items = page
                    .items
                    .iter()
                    .map(|row| item!(row, row.parent_id.map(|id| id.0), ""));
                (items.collect(), page.next_cursor)
            }
            Self::Account => {
                let page = api.list_accounts(page).await?;
                (
                    page.items
                        .iter()
                        .map(|row| item!(row, None, row.kind.as_str()))
                        .collect(),
                    page.next_cursor,
                )
            }
            Self::Payee => {
                let page = api.list_payees(page).await?;
                (
                    page.items.iter().map(|row| item!(row, None, "")).collect(),
                    page.next_cursor,
                )
            }
            Self::Tag => {
                let page = api.list_tags(page).await?;
                (
                    page.items.iter().map(|row| item!(row, None, "")).collect(),
                    page.next_cursor,
                )
            }
        })
    }

    async fn add(
        self,
        context: &Context,
        name: &str,
        parent: Option<Uuid>,
        kind: Option<AccountKind>,
    ) -> Result<(), ClientError> {
        let (api, name, key) = (&context.api, name.to_owned(), Key::new());
        match self {
            Self::Category => {
                let parent_id = parent.map(Into::into);
                let new = NewCategory {
                    name,
                    parent_id,
                    ..NewCategory::default()
                };
                api.create_category(&new, key).await.map(drop)
            }
            Self::Account => api
                .create_account(
                    &NewAccount {
                        name,
                        kind,
                        ..NewAccount::default()
                    },
                    key,
                )
                .await
                .map(drop),
            Self::Payee => api
                .create_payee(
                    &NewPayee {
                        name,
                        ..NewPayee::default()
                    },
                    key,
                )
                .await
                .map(drop),
            Self::Tag => api
                .create_tag(
                    &NewTag {
                        name,
                        ..NewTag::default()
                    },
                    key,
                )
                .await
                .map(drop),
        }
    }

    async fn change(
        self,
        context: &Context,
        item: &Item,
        name: Option<String>,
        is_archived: Option<bool>,
    ) -> Result<(), ClientError> {
        let (api, id, version, key) = (&context.api, item.id, item.version, Key::new());
        match self {
            Self::Category => {
                let patch = CategoryPatch {
                    name,
                    is_archived,
                    ..CategoryPatch::default()
                };
                api.update_category(id.into(), version, &patch, key)
                    .await
                    .map(drop)
            }
            Self::Account => {
                let patch = AccountPatch {
                    name,
                    is_archived,
                    ..AccountPatch::default()
                };
                api.update_account(id.into(), version, &patch, key)
                    .await
                    .map(drop)
            }
            Self::Payee => api
                .update_payee(id.into(), version, &PayeePatch { name, is_archived }, key)
                .await
                .map(drop),
            Self::Tag => api
                .update_tag(id.into(), version, &TagPatch { name, is_archived }, key)
                .await
                .map(drop),
        }
    }

    async fn merge(self, context: &Context, from: Uuid, into: Uuid) -> Result<OperationResult, ClientError> {
        let (api, key) = (&context.api, Key::new());
        match self {
            Self::Category => api.merge_category(from.into(), into.into(), key).await,
            Self::Account => api.merge_account(from.into(), into.into(), key).await,
            Self::Payee => api.merge_payee(from.into(), into.into(), key).await,
            Self::Tag => api.merge_tag(from.into(), into.into(), key).await,
        }
    }

    async fn delete(self, context: &Context, item: &Item) -> Result<(), ClientError> {
        let (api, id, version, key) = (&context.api, item.id, item.version, Key::new());
        match self {
            Self::Category => api.delete_category(id.into(), version, key).await,
            Self::Account => api.delete_account(id.into(), version, key).await,
            Self::Payee => api.delete_payee(id.into(), version, key).await,
            Self::Tag => api.delete_tag(id.into(), version, key).await,
        }
    }
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
async fn perform(noun: Noun, action: &Action, context: &Context) -> Result<String, Failure> {
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
            let done = noun.merge(context, find(name)?.id, find(into)?.id).await?;
            let rest = if done.is_done {
                ""
            } else {
                " so far; the rest follows in the background"
            };
            format!("{} rows of {name} moved to {into}{rest}.", done.moved)
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
        let (page, cursor) = noun.page(context, &PageQuery::at(next)).await?;
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
        let (page, cursor) = noun.page(context, &PageQuery::at(next)).await?;
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
