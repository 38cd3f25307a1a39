//! Loading the lists: seven requests beside each other, none of them larger than a page of rows or a dictionary.

use super::{Lists, Members};
use crate::client::{Api, ClientError};
use api::expense::ExpenseQuery;
use api::page::PageQuery;
use futures_util::future::try_join_all;
use futures_util::{FutureExt, future::BoxFuture};
use std::sync::Arc;

/// What one of the requests brought.
enum Part {
    Ledger(Box<api::ledger::Ledger>),
    Ledgers(Vec<api::ledger::Ledger>),
    Categories(Vec<api::category::Category>),
    Accounts(Vec<api::account::Account>),
    Payees(Vec<api::payee::Payee>),
    Tags(Vec<api::tag::Tag>),
    Members(Vec<api::member::Member>),
    Lately(Vec<api::expense::Expense>),
}

type Asked = BoxFuture<'static, Result<Part, ClientError>>;

/// Loads all lists of the ledger, and its latest rows for what they tell about habits.
pub async fn load(api: Arc<dyn Api>) -> Result<Lists, ClientError> {
    let lately = ExpenseQuery {
        page: PageQuery::largest(None),
        ..ExpenseQuery::default()
    };
    let asked: Vec<Asked> = vec![
        api.get_ledger()
            .map(|part| part.map(|ledger| Part::Ledger(Box::new(ledger))))
            .boxed(),
        // Only its place among the others is learnt from them; without it there is still the first.
        api.every_ledger()
            .map(|part| Ok(Part::Ledgers(part.unwrap_or_default())))
            .boxed(),
        api.every_category()
            .map(|part| part.map(Part::Categories))
            .boxed(),
        api.every_account().map(|part| part.map(Part::Accounts)).boxed(),
        api.every_payee().map(|part| part.map(Part::Payees)).boxed(),
        api.every_tag().map(|part| part.map(Part::Tags)).boxed(),
        api.every_member().map(|part| part.map(Part::Members)).boxed(),
        api.list_expenses(&lately)
            .map(|part| part.map(|page| Part::Lately(page.items)))
            .boxed(),
    ];
    let mut ledgers = Vec::new();
    let (mut ledger, mut categories, mut accounts) = (None, Vec::new(), Vec::new());
    let (mut payees, mut tags, mut lately) = (Vec::new(), Vec::new(), Vec::new());
    let mut members = Members::default();
    for part in try_join_all(asked).await? {
        match part {
            Part::Ledger(part) => ledger = Some(*part),
            Part::Ledgers(part) => ledgers = part,
            Part::Categories(part) => categories = part,
            Part::Accounts(part) => accounts = part,
            Part::Payees(part) => {
                payees = part
                    .into_iter()
                    .filter(|p| !p.is_archived)
                    .map(|p| p.name)
                    .collect();
            }
            Part::Tags(part) => {
                tags = part
                    .into_iter()
                    .filter(|t| !t.is_archived)
                    .map(|t| t.name)
                    .collect();
            }
            Part::Members(part) => members = Members::new(part),
            Part::Lately(part) => lately = part,
        }
    }
    let missing = || ClientError::Unreadable {
        operation: "get_ledger",
        reason: "it named no ledger".to_owned(),
        server_version: None,
    };
    Ok(Lists::new(
        ledger.ok_or_else(missing)?,
        categories,
        accounts,
        payees,
        tags,
        members,
        &lately,
    )
    .among(&ledgers))
}
