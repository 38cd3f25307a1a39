//! The lists themselves and look-ups in them: the name of an id, the words a line may mean, what can be offered.

use super::{Habits, Members};
use api::account::Account;
use api::category::Category;
use api::currency::Currency;
use api::date::Calendar;
use api::entry::{NameRef, Names, Vocabulary};
use api::expense::Expense;
use api::id::{AccountId, CategoryId};
use api::ledger::Ledger;
use api::member::Role;
use api::text::fold;
use std::collections::HashMap;

/// Everything of a ledger that is small enough to be held.
#[derive(Debug, Clone)]
pub struct Lists {
    /// The ledger's settings; `None` until they were loaded.
    pub ledger: Option<Ledger>,
    /// Its place among those that one may open.
    pub place: usize,
    /// Its base currency.
    pub base: Currency,
    /// How it cuts months, weeks and years.
    pub calendar: Calendar,
    /// All categories, archived ones too.
    pub categories: Vec<Category>,
    /// All accounts, archived ones too.
    pub accounts: Vec<Account>,
    /// Names of payees that are offered.
    pub payees: Vec<String>,
    /// Names of tags that are offered.
    pub tags: Vec<String>,
    /// Who shares the ledger.
    pub members: Members,
    /// What was entered lately.
    pub habits: Habits,
    vocabulary: Vocabulary,
    /// What the positions in the vocabulary stand for.
    category_ids: Vec<CategoryId>,
    account_ids: Vec<AccountId>,
    category_names: HashMap<CategoryId, String>,
    account_names: HashMap<AccountId, String>,
}

impl Lists {
    /// Nothing but the currency.
    pub fn empty(base: Currency) -> Self {
        Self {
            ledger: None,
            place: 0,
            base,
            calendar: Calendar::default(),
            categories: Vec::new(),
            accounts: Vec::new(),
            payees: Vec::new(),
            tags: Vec::new(),
            members: Members::default(),
            habits: Habits::default(),
            vocabulary: Vocabulary::default(),
            category_ids: Vec::new(),
            account_ids: Vec::new(),
            category_names: HashMap::new(),
            account_names: HashMap::new(),
        }
    }

    /// Lists as they were loaded.
    pub fn new(
        ledger: Ledger,
        categories: Vec<Category>,
        accounts: Vec<Account>,
        payees: Vec<String>,
        tags: Vec<String>,
        members: Members,
        lately: &[Expense],
    ) -> Self {
        let calendar = Calendar::new(ledger.month_start_day, ledger.week_start).unwrap_or_default();
        let mut lists = Self {
            base: ledger.base_currency,
            calendar,
            ledger: Some(ledger),
            categories,
            accounts,
            payees,
            tags,
            members,
            habits: Habits::of(lately),
            ..Self::empty(Currency::EUR)
        };
        lists.index();
        lists
    }

    /// The same under other settings of the ledger.
    #[must_use]
    pub(super) fn with_ledger(self, ledger: Ledger) -> Self {
        Self {
            base: ledger.base_currency,
            calendar: Calendar::new(ledger.month_start_day, ledger.week_start).unwrap_or_default(),
            ledger: Some(ledger),
            ..self
        }
    }

    fn index(&mut self) {
        let tops: HashMap<CategoryId, &str> = self
            .categories
            .iter()
            .map(|category| (category.id, category.name.as_str()))
            .collect();
        let mut names = Names::default();
        for category in &self.categories {
            let parent = category.parent_id.and_then(|parent| tops.get(&parent)).copied();
            let path = parent.map_or_else(
                || category.name.clone(),
                |parent| format!("{parent}: {}", category.name),
            );
            self.category_names.insert(category.id, path);
            if !category.is_archived {
                names.push(&category.name, parent);
                self.category_ids.push(category.id);
            }
        }
        let offered = || self.accounts.iter().filter(|account| !account.is_archived);
        self.vocabulary = Vocabulary {
            categories: names,
            accounts: Names::flat(offered().map(|account| &account.name)),
            members: self.members.names(),
        };
        self.account_ids = offered().map(|account| account.id).collect();
        self.account_names = self
            .accounts
            .iter()
            .map(|account| (account.id, account.name.clone()))
            .collect();
    }

    /// True once they were loaded.
    pub fn is_loaded(&self) -> bool {
        self.ledger.is_some()
    }

    /// True for books in which nothing was ever recorded or set.
    pub fn is_new(&self) -> bool {
        let is_untouched = |ledger: &Ledger| ledger.version == 1 && ledger.rev <= 1;
        self.ledger.as_ref().is_some_and(is_untouched) && self.habits.is_empty()
    }

    /// What one may do in it, once that is known.
    pub fn role(&self) -> Option<Role> {
        self.ledger.as_ref().map(|ledger| ledger.role)
    }

    /// Among these ledgers it has its place.
    #[must_use]
    pub fn among(mut self, ledgers: &[Ledger]) -> Self {
        let id = self.ledger.as_ref().map(|ledger| ledger.id);
        let place = ledgers.iter().position(|other| Some(other.id) == id);
        self.place = place.unwrap_or(0);
        self
    }

    /// What a line may mean. Archived names are not among it.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// `Food: Sushi`; empty for an id that is in no list.
    pub fn category_path(&self, id: CategoryId) -> &str {
        self.category_names.get(&id).map_or("", String::as_str)
    }

    /// The category's own name, without its parent.
    pub fn category_name(&self, id: CategoryId) -> &str {
        self.categories
            .iter()
            .find(|category| category.id == id)
            .map_or("", |category| category.name.as_str())
    }

    /// An account's name; empty for an id that is in no list.
    pub fn account_name(&self, id: AccountId) -> &str {
        self.account_names.get(&id).map_or("", String::as_str)
    }

    /// Categories that new rows may have, as `Food: Sushi`, with their ids.
    pub fn open_categories(&self) -> Vec<(CategoryId, String)> {
        self.category_ids
            .iter()
            .map(|id| (*id, self.category_path(*id).to_owned()))
            .collect()
    }

    /// Accounts that new rows may have.
    pub fn open_accounts(&self) -> Vec<(AccountId, String)> {
        self.account_ids
            .iter()
            .map(|id| (*id, self.account_name(*id).to_owned()))
            .collect()
    }

    /// The category a typed name stands for, if it is a known one.
    pub fn category_of(&self, name: &NameRef) -> Option<CategoryId> {
        self.category_ids.get(name.known()?).copied()
    }

    /// The account a typed name stands for, if it is a known one.
    pub fn account_of(&self, name: &NameRef) -> Option<AccountId> {
        self.account_ids.get(name.known()?).copied()
    }

    /// The open category of exactly this name or path, whatever its case and accents.
    pub fn find_category(&self, text: &str) -> Option<CategoryId> {
        match self.vocabulary.categories.find(text, true) {
            api::entry::Match::Known(at) => self.category_ids.get(at).copied(),
            _ => None,
        }
    }

    /// The open account of exactly this name.
    pub fn find_account(&self, text: &str) -> Option<AccountId> {
        match self.vocabulary.accounts.find(text, true) {
            api::entry::Match::Known(at) => self.account_ids.get(at).copied(),
            _ => None,
        }
    }

    /// Takes a saved row in. False: it has a category, an account or a payer that is in no list.
    pub(super) fn learn(&mut self, row: &Expense) -> bool {
        if row.deleted_at.is_none() {
            self.habits.learn(row);
            remember(&mut self.payees, row.payee.as_deref());
            for tag in &row.tags {
                remember(&mut self.tags, Some(tag));
            }
        }
        let accounts = [row.account_id, row.to_account_id];
        row.category_id
            .is_none_or(|id| self.category_names.contains_key(&id))
            && row.paid_by.is_none_or(|id| self.members.has(id))
            && accounts
                .into_iter()
                .flatten()
                .all(|id| self.account_names.contains_key(&id))
    }
}

fn remember(names: &mut Vec<String>, name: Option<&str>) {
    let Some(name) = name else { return };
    let wanted = fold(name);
    if !names.iter().any(|known| fold(known) == wanted) {
        names.push(name.to_owned());
    }
}
