//! How the app is put together: which screens and commands there are, in which colours and with which keys, over which
//! books. Settings that cannot be are refused here, before the terminal is touched.

use crate::app::{Link, Setup};
use crate::client::Api;
use crate::connect::BookTrouble;
use crate::desk::Desk;
use crate::door::Door;
use crate::keymap::Keymap;
use crate::open_ledger::{Ability, OpenLedger};
use crate::outbox::Outbox;
use crate::popup::connect::{Connect, Disconnect};
use crate::popup::currency::CurrencyChoice;
use crate::popup::ledgers::Ledgers;
use crate::popup::unsent::UnsentList;
use crate::popup::{MessageBox, join, password, sign_in};
use crate::screen::activity::Activity;
use crate::screen::book_fault::BookFault;
use crate::screen::expenses::Expenses;
use crate::screen::insights::Insights;
use crate::screen::members::Members;
use crate::screen::tokens::Tokens;
use crate::screen::trash::Trash;
use crate::screen::{Command, Screen};
use crate::settings::{Settings, SettingsError, Zone};
use crate::terminal::Environment;
use crate::theme::{Glyphs, Styles, Tier};
use api::currency::Currency;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What layers work with, as the settings want it.
pub fn desk(api: Arc<dyn Api>, outbox: Outbox, settings: &Settings) -> Desk {
    let wanted = settings.new_book_currency();
    let mut desk = Desk::new(api, wanted.unwrap_or(Currency::EUR), outbox);
    // Somebody else's server has books of its own.
    desk.new_book_currency = wanted.filter(|_| settings.server.is_none());
    desk.dates = settings.dates();
    desk
}

/// The app over these tools. Whoever starts it also starts `desk.waiting.watch(..)`, which says when the server is back.
pub fn setup(desk: &Desk, settings: &Settings) -> Result<Setup, SettingsError> {
    Ok(Setup {
        screens: screens(desk, settings.zone()),
        commands: commands(desk),
        keys: keys(settings)?,
        styles: styles(settings)?,
        glyphs: glyphs(settings)?,
        now: {
            let zone = settings.zone();
            Box::new(move || zone.now())
        },
        dates: settings.dates(),
        ledger: OpenLedger::of(&desk.book.lists()),
        link: link(settings),
    })
}

/// What the header says while nothing waits.
pub fn link(settings: &Settings) -> Link {
    if settings.server.is_some() {
        Link::Live
    } else {
        Link::Quiet
    }
}

/// The table of screens.
pub fn screens(desk: &Desk, zone: Zone) -> Vec<Screen> {
    let (of_expenses, of_insights, of_activity) = (desk.clone(), desk.clone(), desk.clone());
    vec![
        Screen::new("Expenses", move || Expenses::new(of_expenses, zone.today())),
        Screen::new("Insights", move || Insights::new(of_insights)).needs(Ability::SeeAll),
        Screen::new("Activity", move || Activity::new(of_activity)).needs(Ability::SeeAll),
    ]
}

/// The command that asks for name and password again.
pub const SIGN_IN: &str = "sign-in";

/// The command that asks for the password once more.
pub const CONFIRM: &str = "confirm";

/// The command that says what is the matter with the book.
pub const BOOK: &str = "book";

fn book_trouble(desk: &Desk) -> MessageBox {
    let Some(trouble) = desk.door.trouble() else {
        return MessageBox::new("The book", "It can be read and written.");
    };
    let unsent = desk.door.loses_unsent().unwrap_or_else(|| {
        let when = if trouble.lasts {
            "the next time the app is opened over a book that can be written"
        } else {
            "when the book can be written again"
        };
        format!("What you add, change or delete meanwhile waits here and is saved {when}.")
    });
    let text = format!(
        "{} {}\n{}\n{unsent}",
        trouble.what, trouble.advice, trouble.copies
    );
    MessageBox::new("The book cannot be written now", text)
}

/// The app where the book of this machine cannot be opened: what is the matter with it, and the way on.
pub fn setup_without_book(
    door: Arc<dyn Door>,
    trouble: BookTrouble,
    settings: &Settings,
) -> Result<Setup, SettingsError> {
    let zone = settings.zone();
    Ok(Setup {
        screens: vec![Screen::new("Book", move || BookFault::new(door, trouble))],
        commands: Vec::new(),
        keys: keys(settings)?,
        styles: styles(settings)?,
        glyphs: glyphs(settings)?,
        now: Box::new(move || zone.now()),
        dates: settings.dates(),
        ledger: OpenLedger::default(),
        link: Link::Quiet,
    })
}

/// Commands of the palette that have no key.
pub fn commands(desk: &Desk) -> Vec<Command> {
    let each = || desk.clone();
    let (currency, ledger, members, joining) = (each(), each(), each(), each());
    let (connect, disconnect, again, changing, tokens) = (each(), each(), each(), each(), each());
    let (unsent, confirming) = (each(), each());
    let trash = each();
    let mut commands = vec![
        Command::new("currency", "choose the currency of the books", move || {
            CurrencyChoice::new(currency.clone())
        })
        .needs(Ability::Own),
        Command::new("ledger", "open another ledger", move || {
            Ledgers::new(ledger.clone())
        }),
        Command::new("members", "who shares this ledger, and invites", move || {
            Members::new(members.clone())
        }),
        Command::new("trash", "deleted rows, to bring them back", move || {
            Trash::new(trash.clone())
        }),
        Command::new("join", "accept an invite to a ledger", move || {
            join::join(&joining)
        }),
        Command::new(
            "unsent",
            "what the server does not have yet, and why",
            move || UnsentList::new(unsent.clone()),
        ),
        Command::new("connect", "open the books of a server", move || {
            Connect::new(connect.clone())
        }),
        Command::new("disconnect", "back to the book of this machine", move || {
            Disconnect::new(disconnect.clone())
        }),
        Command::new(
            "tokens",
            "your tokens for programs, and your sessions",
            move || Tokens::new(tokens.clone()),
        ),
    ];
    if desk.door.trouble().is_some() {
        let troubled = each();
        commands.push(Command::new(
            BOOK,
            "what is the matter with the book",
            move || book_trouble(&troubled),
        ));
    }
    // The book of this machine lets its user in by itself.
    if desk.door.server().is_some() {
        commands.extend([
            Command::new(SIGN_IN, "sign in again, or as somebody else", move || {
                sign_in::again(&again)
            }),
            Command::new(
                CONFIRM,
                "give your password once more, for what asks for it",
                move || sign_in::confirm(&confirming),
            ),
            Command::new("password", "change your password", move || {
                password::change(&changing)
            }),
        ]);
    }
    commands
}

fn keys(settings: &Settings) -> Result<Keymap, SettingsError> {
    let changes: BTreeMap<String, String> = settings
        .app
        .keys
        .iter()
        .map(|(id, keys)| (id.clone(), keys.names().join(" ")))
        .collect();
    Keymap::with_changes(&changes).map_err(|error| SettingsError(error.to_string()))
}

fn styles(settings: &Settings) -> Result<Styles, SettingsError> {
    let is_plain = Environment::of(&settings.env).tier() == Tier::Mono;
    let tier = match settings.app.theme.as_str() {
        _ if is_plain => Tier::Mono,
        "ansi" | "" => Tier::Ansi,
        "mono" => Tier::Mono,
        other => {
            return Err(SettingsError(format!(
                "[app] theme: {other:?} is none - use ansi or mono"
            )));
        }
    };
    Styles::with_palette(tier, &settings.app.palette).map_err(|error| SettingsError(error.to_string()))
}

fn glyphs(settings: &Settings) -> Result<Glyphs, SettingsError> {
    match settings.app.charset.as_str() {
        _ if settings.is_plain => Ok(Glyphs::ASCII),
        "ascii" => Ok(Glyphs::ASCII),
        "utf8" => Ok(Glyphs::UNICODE),
        "auto" | "" => Ok(Environment::of(&settings.env).glyphs()),
        other => Err(SettingsError(format!(
            "[app] charset: {other:?} is none - use auto, utf8 or ascii"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Env, Flags};

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let home = tempfile::tempdir().unwrap();
        let all = [("HOME", home.path().to_str().unwrap())]
            .into_iter()
            .chain(pairs.iter().copied());
        let env: Env = all
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Settings::resolve(&Flags::default(), env).unwrap()
    }

    #[test]
    fn no_color_and_a_locale_without_utf_8_are_respected() {
        let plain = settings(&[("NO_COLOR", "1"), ("LANG", "C")]);
        assert_eq!(styles(&plain).unwrap(), Styles::new(Tier::Mono));
        assert_eq!(glyphs(&plain).unwrap(), Glyphs::ASCII);
        let usual = settings(&[("LANG", "de_DE.UTF-8")]);
        assert_eq!(styles(&usual).unwrap(), Styles::new(Tier::Ansi));
        assert_eq!(glyphs(&usual).unwrap(), Glyphs::UNICODE);
    }

    #[test]
    fn a_setting_that_cannot_be_is_named() {
        let mut wrong = settings(&[]);
        wrong.app.theme = "neon".to_owned();
        wrong.app.charset = "ebcdic".to_owned();
        assert!(styles(&wrong).unwrap_err().to_string().contains("neon"));
        assert!(glyphs(&wrong).unwrap_err().to_string().contains("ebcdic"));
        wrong
            .app
            .keys
            .insert("delet".to_owned(), crate::settings::KeyNames::One("x".to_owned()));
        assert!(keys(&wrong).unwrap_err().to_string().contains("delet"));
    }

    #[test]
    fn only_a_book_inside_this_process_takes_the_locales_currency() {
        let state = tempfile::tempdir().unwrap();
        let outbox = || Outbox::open(state.path(), "test").unwrap();
        let api = || -> Arc<dyn Api> { Arc::new(crate::client::fake::FakeApi::new()) };
        let local = desk(api(), outbox(), &settings(&[("LANG", "hi_IN.UTF-8")]));
        assert_eq!(local.new_book_currency, Currency::parse("INR"));
        let server = settings(&[("LANG", "hi_IN.UTF-8"), ("EXPENSE_SERVER", "127.0.0.1:8000")]);
        assert_eq!(desk(api(), outbox(), &server).new_book_currency, None);
    }
}
