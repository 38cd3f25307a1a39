//! Tokens: what lets programs and sessions in as oneself. Each can be revoked; a new one shows its secret once.

#[cfg(test)]
mod tests;

use super::listing::{Listing, Shape};
use super::members::{day, days};
use crate::client::{ClientError, Key};
use crate::desk::Desk;
use crate::fx::{Change, Fx, Message};
use crate::keymap::Action;
use crate::layer::Layer;
use crate::popup::{AskForm, Confirm, MessageBox};
use crate::theme::Look;
use crate::widget::{Canvas, Column, Field, Row, Rows};
use api::id::LedgerId;
use api::ledger::Ledger;
use api::text::fold;
use api::token::{NewToken, Scope, TOKEN_DAYS, Token, TokenKind};
use ratatui::layout::Rect;

/// Announced when there are other tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TokensChanged;

/// The screen.
pub struct Tokens {
    desk: Desk,
    all: Vec<Token>,
    ledgers: Vec<Ledger>,
    listing: Listing,
}

type Loaded = (Result<Vec<Token>, ClientError>, Vec<Ledger>);

impl Tokens {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            all: Vec::new(),
            ledgers: Vec::new(),
            listing: Listing::default(),
        }
    }

    fn load(&self) -> Fx<Self> {
        let api = self.desk.api.clone();
        let work = async move {
            let ledgers = api.every_ledger().await.unwrap_or_default();
            (api.every_token().await, ledgers)
        };
        Fx::call_latest("tokens", "loading the tokens", work, Self::loaded)
    }

    fn loaded(&mut self, (tokens, ledgers): Loaded, _: &Look) -> Fx<Self> {
        match tokens {
            Ok(tokens) => {
                (self.all, self.ledgers) = (tokens, ledgers);
                self.listing.loaded();
                Fx::none()
            }
            Err(error) => self.listing.failed(&error),
        }
    }

    fn make(&self) -> Fx<Self> {
        let api = self.desk.api.clone();
        let (ledgers, known) = (self.ledgers.clone(), self.ledgers.clone());
        let fields = vec![
            Field::text("name", "Name").ghost("backup script"),
            Field::text("scopes", "Scopes")
                .value("read")
                .check(|text, _| scopes(text).map(|scopes| scope_words(&scopes))),
            Field::text("ledger_ids", "Ledgers")
                .ghost("all of yours, or names with commas")
                .check(move |text, _| ledger_ids(text, &known).map(|_| String::new())),
            Field::text("days", "Days")
                .value(TOKEN_DAYS.to_string())
                .check(|text, _| days(text, 366).map(|_| String::new())),
        ];
        let form = AskForm::new(
            "A token for a program",
            "making a token",
            fields,
            move |form| {
                let token = NewToken {
                    name: form.value("name").trim().to_owned(),
                    scopes: scopes(form.value("scopes")).unwrap_or_default(),
                    ledger_ids: ledger_ids(form.value("ledger_ids"), &ledgers).unwrap_or_default(),
                    days: days(form.value("days"), 366).ok(),
                };
                api.create_token(&token, Key::new())
            },
            |issued, look| {
                let until = issued.token.expires_at.map(|until| day(until, look));
                let until = until.map_or_else(String::new, |until| format!(", good until {until}"));
                let text = format!(
                    "{}\n\nThis secret of {} is shown once{until}; <message.copy> copies all of this. A program sends it as\n\n\
                     Authorization: Bearer {}\n\nor has it in EXPENSE_TOKEN.",
                    issued.secret, issued.token.name, issued.secret
                );
                Fx::announce(Change::new(TokensChanged)).and(Fx::replace(MessageBox::new("Token", text)))
            },
        )
        .intro(vec![
            "read looks, add records, write changes the books. With share it invites anybody in any role, with account it \
             makes more tokens and, if you are an admin, gets into every account: neither asks for your password."
                .to_owned(),
        ]);
        Fx::push(form)
    }

    fn revoke(&self) -> Fx<Self> {
        let Some(token) = self.all.get(self.listing.scroll.selected()) else {
            return Fx::none();
        };
        let (id, name) = (token.id, token.name.clone());
        let question = if token.is_this {
            format!("Revoke {name}? It is the token of this app: you will have to sign in again.")
        } else {
            format!("Revoke {name}? What uses it is shut out at once.")
        };
        Fx::ask(
            Confirm::new("Revoke", question),
            move |screen: &mut Self, is_sure, _| {
                if !is_sure {
                    return Fx::none();
                }
                let sent = screen.desk.api.revoke_token(id, Key::new());
                Fx::call("revoking", sent, move |_: &mut Self, sent, _| {
                    let reload = Fx::announce(Change::new(TokensChanged));
                    match sent {
                        Ok(()) => reload.and(Fx::notify(format!("{name} is revoked."))),
                        Err(error) => reload.and(Fx::notify(Message::error(error.sentence()))),
                    }
                })
            },
        )
    }
}

/// Words with blanks or commas between.
fn scopes(text: &str) -> Result<Vec<Scope>, String> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    let found: Vec<Scope> = words
        .map(|word| Scope::from_word(&word.to_lowercase()).ok_or(word))
        .collect::<Result<_, _>>()
        .map_err(|word| format!("{word} is no scope - write some of read, add, write, share, account"))?;
    if found.is_empty() {
        return Err("Write at least one of read, add, write, share, account".to_owned());
    }
    Ok(found)
}

fn scope_words(scopes: &[Scope]) -> String {
    match scopes {
        [Scope::Read] => "looks".to_owned(),
        [Scope::Add] => "records rows, sees none".to_owned(),
        [Scope::Write] => "looks and changes the books".to_owned(),
        [Scope::Share] => "invites, changes roles, removes".to_owned(),
        [Scope::Account] => "your account, more tokens".to_owned(),
        _ if scopes.contains(&Scope::Share) || scopes.contains(&Scope::Account) => {
            "lets others in, unasked".to_owned()
        }
        _ => String::new(),
    }
}

/// Names with commas between; nothing is all of them.
fn ledger_ids(text: &str, ledgers: &[Ledger]) -> Result<Option<Vec<LedgerId>>, String> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let ids: Vec<LedgerId> = names
        .map(|name| {
            let found = ledgers.iter().find(|ledger| fold(&ledger.name) == fold(name));
            found.map(|ledger| ledger.id).ok_or(name)
        })
        .collect::<Result<_, _>>()
        .map_err(|name| format!("No ledger of yours is called {name}"))?;
    Ok(Some(ids).filter(|ids| !ids.is_empty()))
}

struct Shown<'a> {
    tokens: &'a [Token],
    ledgers: &'a [Ledger],
    look: &'a Look,
}

impl Rows for Shown<'_> {
    fn len(&self) -> usize {
        self.tokens.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let token = self.tokens.get(at)?;
        let this = if token.is_this { ", this one" } else { "" };
        let kind = match token.kind {
            TokenKind::Session => "session ",
            TokenKind::Api => "",
        };
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        let name_of = |id: &LedgerId| {
            let found = self.ledgers.iter().find(|ledger| ledger.id == *id);
            found.map_or("?", |ledger| ledger.name.as_str())
        };
        let ledgers = match &token.ledger_ids {
            None => "all".to_owned(),
            Some(ids) => ids.iter().map(name_of).collect::<Vec<_>>().join(", "),
        };
        let day = |at: Option<api::instant::Instant>, none: &str| {
            at.map_or_else(|| none.to_owned(), |at| day(at, self.look))
        };
        let scopes = if scopes.len() == Scope::ALL.len() {
            "all".to_owned()
        } else {
            scopes.join(" ")
        };
        Some(
            Row::default()
                .cell(format!("{kind}{}{this}", token.name))
                .cell(scopes)
                .cell(ledgers)
                .cell(day(token.expires_at, "never"))
                .cell(day(token.last_used_at, "never")),
        )
    }
}

impl Layer for Tokens {
    fn title(&self) -> String {
        "Tokens".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["tokens", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "Your tokens for programs, and the sessions in which you are signed in.",
            "A token does what its scopes say, in its ledgers, and never more than you may do yourself.",
            "What is revoked is shut out at once, on every server.",
        ]
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        self.load()
    }

    fn on_change(&mut self, change: &Change, _: &Look) -> Fx<Self> {
        if change.get::<TokensChanged>().is_some() {
            self.load()
        } else {
            Fx::none()
        }
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        if self.listing.scroll.on_action(action, self.all.len()) {
            return Fx::none();
        }
        match action {
            Action::Reload => self.load(),
            Action::Add => self.make(),
            Action::Delete => self.revoke(),
            Action::Accept => Fx::none(),
            _ => Fx::pass(),
        }
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let head = match (self.listing.is_loaded(), self.all.len()) {
            (false, _) => "Your tokens".to_owned(),
            (true, count) => format!("Your tokens: {count}"),
        };
        let shape = Shape {
            head: Some(&head),
            loading: "Loading the tokens.",
            none: "No tokens. <tokens.add> makes one for a program.",
            columns: &[
                Column::flexible("Name", 16),
                Column::fixed("Scopes", 16),
                Column::fixed("Ledgers", 10).weight(1),
                Column::fixed("Good until", 15).weight(3),
                Column::fixed("Last used", 15).weight(2),
            ],
            width: u16::MAX,
        };
        let rows = Shown {
            tokens: &self.all,
            ledgers: &self.ledgers,
            look,
        };
        self.listing.draw(canvas, area, &shape, &rows, look);
    }
}
