//! The four dictionaries as one: each operation of a noun is its own in the API, and alike in what it does.

use crate::client::{ClientError, Key, Reply};
use crate::command::Context;
use api::account::{AccountKind, AccountPatch, NewAccount};
use api::category::{CategoryPatch, NewCategory, OperationResult};
use api::member::MemberRef;
use api::page::PageQuery;
use api::patch::Patch;
use api::payee::{NewPayee, PayeePatch};
use api::tag::{NewTag, TagPatch};
use uuid::Uuid;

/// Which dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::command) enum Noun {
    Category,
    Account,
    Payee,
    Tag,
}

/// What the four have in common.
pub(super) struct Item {
    pub(super) id: Uuid,
    pub(super) parent: Option<Uuid>,
    pub(super) name: String,
    pub(super) detail: &'static str,
    pub(super) is_archived: bool,
    pub(super) version: i64,
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
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Category => ("category", "categories"),
            Self::Account => ("account", "accounts"),
            Self::Payee => ("payee", "payees"),
            Self::Tag => ("tag", "tags"),
        }
    }

    /// One page, and the cursor of the next.
    pub(super) async fn page(
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

    pub(super) async fn add(
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

    pub(super) async fn change(
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

    /// Says whose an account is.
    pub(super) async fn set_owner(
        context: &Context,
        item: &Item,
        member: Option<String>,
    ) -> Result<(), ClientError> {
        let patch = AccountPatch {
            owner: member.map_or(Patch::Clear, |name| Patch::Set(MemberRef::Name(name))),
            ..AccountPatch::default()
        };
        let changed = context
            .api
            .update_account(item.id.into(), item.version, &patch, Key::new());
        changed.await.map(drop)
    }

    pub(super) fn merge(self, context: &Context, from: Uuid, into: Uuid, key: Key) -> Reply<OperationResult> {
        let api = &context.api;
        match self {
            Self::Category => api.merge_category(from.into(), into.into(), key),
            Self::Account => api.merge_account(from.into(), into.into(), key),
            Self::Payee => api.merge_payee(from.into(), into.into(), key),
            Self::Tag => api.merge_tag(from.into(), into.into(), key),
        }
    }

    pub(super) async fn delete(self, context: &Context, item: &Item) -> Result<(), ClientError> {
        let (api, id, version, key) = (&context.api, item.id, item.version, Key::new());
        match self {
            Self::Category => api.delete_category(id.into(), version, key).await,
            Self::Account => api.delete_account(id.into(), version, key).await,
            Self::Payee => api.delete_payee(id.into(), version, key).await,
            Self::Tag => api.delete_tag(id.into(), version, key).await,
        }
    }
}
