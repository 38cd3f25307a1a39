//! From a filter as it was asked to one that a store can carry out: names to ids, parents to their subcategories,
//! amounts to minor units.

use crate::error::{Findings, Result};
use crate::service::Grant;
use crate::service::names::{MOST_CANDIDATES, Missed, Names, note};
use crate::state::AppState;
use crate::store;
use crate::store::filter::{Filter, Pick};
use crate::store::names::{Dictionary, Found, Wanted};
use api::expense::ExpenseFilter;
use api::member::ME;
use api::text::{as_id, fold};
use uuid::Uuid;

/// The word that asks for rows without one.
pub const NONE: &str = api::text::NO_NAME;

/// Resolves a filter; one look-up where it names anything, none where it does not.
pub async fn resolve(state: &AppState, grant: &Grant, asked: &ExpenseFilter) -> Result<Filter> {
    let mut findings = Findings::default();
    asked.check(grant.base(), &mut findings.rules);
    look_up(state, grant, asked, findings).await
}

/// As [`resolve`], for a filter whose rules were checked already; refuses with what was found then, too.
pub async fn look_up(
    state: &AppState,
    grant: &Grant,
    asked: &ExpenseFilter,
    mut findings: Findings,
) -> Result<Filter> {
    let mut wanted = Wanted::default();
    let is_me = |name: &String| fold(name) == ME;
    let paid_by = match &asked.paid_by {
        Some(name) if is_me(name) => Some(grant.user_id().to_string()),
        other => other.clone(),
    };
    let slots = [
        (Dictionary::Category, "category", &asked.category),
        (Dictionary::Account, "account", &asked.account),
        (Dictionary::Payee, "payee", &asked.payee),
        (Dictionary::Tag, "tag", &asked.tag),
        (Dictionary::Member, "paid_by", &paid_by),
    ];
    for (dictionary, _, given) in &slots {
        if let Some(given) = given.as_deref().filter(|given| *given != NONE) {
            wanted.name(*dictionary, given);
        }
    }
    let found = if wanted.is_empty() {
        Vec::new()
    } else {
        let wanted = &wanted;
        state
            .db
            .read(|db| async move { store::names::find(&db, grant.ledger_id(), wanted).await })
            .await?
    };
    let names = Names::with_those_who_left(found.clone());
    let mut missed = Missed::default();
    let [category, account, payee, tag, paid_by] = slots.map(|(dictionary, field, given)| {
        let given = given.as_deref()?;
        if given == NONE {
            return Some(Pick::None);
        }
        match names.by_name(dictionary, given) {
            Ok(entry) if asked.category_only == Some(true) => Some(Pick::Any(vec![entry.id])),
            Ok(entry) => Some(Pick::Any(with_children(&found, entry))),
            Err(miss) => {
                let pointer = format!("/{field}");
                note(&mut findings.lookups, pointer, dictionary.mark(), given, miss);
                if as_id(given).is_none() {
                    missed.remember(&findings.lookups, dictionary, given);
                }
                None
            }
        }
    });
    let dictionaries = &missed.dictionaries();
    if !dictionaries.is_empty() {
        let all = state
            .db
            .read(|db| async move {
                store::names::all(&db, grant.ledger_id(), dictionaries, MOST_CANDIDATES).await
            })
            .await?;
        missed.suggest(all, &mut findings.lookups);
    }
    findings.refuse()?;
    let currency = asked.currency.unwrap_or(grant.base());
    let minor =
        |amount: &Option<api::money::Amount>| amount.as_ref().and_then(|amount| amount.minor(currency).ok());
    Ok(Filter {
        from: asked.from,
        to: asked.to,
        category,
        account,
        payee,
        tag,
        words: asked.q.as_deref().map(words).unwrap_or_default(),
        min_minor: minor(&asked.min),
        max_minor: minor(&asked.max),
        kinds: asked.kinds(),
        // An amount means something only in a currency.
        currency: asked
            .currency
            .or((asked.min.is_some() || asked.max.is_some()).then_some(currency)),
        paid_by,
        include_deleted: asked.include_deleted.unwrap_or(false),
        only_deleted: asked.only_deleted.unwrap_or(false),
    })
}

fn words(text: &str) -> Vec<String> {
    fold(text).split_whitespace().map(str::to_owned).collect()
}

fn with_children(found: &[Found], entry: &Found) -> Vec<Uuid> {
    let children = found
        .iter()
        .filter(|child| child.parent_id == Some(entry.id))
        .map(|child| child.id);
    std::iter::once(entry.id).chain(children).collect()
}
