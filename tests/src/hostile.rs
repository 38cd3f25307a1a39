//! Text that somebody could use against whoever reads it in a terminal, drawn by chance from a seed; a book full of it; and
//! a reader of terminal output that says which sequences are in it. No assertion lives here.

use crate::daemon::Household;
use crate::program::block_on;
use api::id::new_uuid;
use api::text::fold;
use chrono::NaiveDate;
use entity::{account, category, expense, expense_tag, ledger, payee, tag, user};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ConnectOptions, Database, EntityTrait, IntoActiveModel};
use std::collections::BTreeSet;
use vte::{Params, Parser, Perform};

/// Pieces that do something to a terminal, to a log or to a column, and some that only look as if.
const PIECES: &[&str] = &[
    "\u{1b}[31m",
    "\u{1b}[2J",
    "\u{1b}[H",
    "\u{1b}[?1049l",
    "\u{1b}[?25l",
    "\u{1b}[6n",
    "\u{1b}[c",
    "\u{1b}[20;1H#",
    "\u{1b}]0;owned\u{7}",
    "\u{1b}]52;c;aGk=\u{7}",
    "\u{1b}]8;;http://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}P$q\"p\u{1b}\\",
    "\u{1b}_apc\u{1b}\\",
    "\u{1b}^pm\u{1b}\\",
    "\u{1b}X sos\u{1b}\\",
    "\u{1b}c",
    "\u{1b}7",
    "\u{1b}(0",
    "\u{1b}",
    "\u{9b}31m",
    "\u{9d}0;owned\u{9c}",
    "\u{90}q\u{9c}",
    "\u{98}",
    "\u{9e}",
    "\u{9f}",
    "\u{84}",
    "\u{85}",
    "\u{8d}",
    "\u{8e}",
    "\u{0}",
    "\u{1}",
    "\u{5}",
    "\u{7}",
    "\u{8}\u{8}\u{8}",
    "\t",
    "\n",
    "\u{b}",
    "\u{c}",
    "\r",
    "\u{e}",
    "\u{f}",
    "\u{11}",
    "\u{13}",
    "\u{18}",
    "\u{1a}",
    "\u{1c}",
    "\u{7f}",
    "\u{ad}",
    "\u{61c}",
    "\u{200b}",
    "\u{200d}",
    "\u{200e}",
    "\u{200f}",
    "\u{2028}",
    "\u{2029}",
    "\u{202a}",
    "\u{202b}",
    "\u{202c}",
    "\u{202d}",
    "\u{202e}",
    "\u{2060}",
    "\u{2066}",
    "\u{2067}",
    "\u{2068}",
    "\u{2069}",
    "\u{feff}",
    "\u{fe0f}",
    "\u{fe0e}",
    "\u{fffd}",
    "\u{e000}",
    "\u{e0001}",
    "\u{e0041}",
    "\u{10ffff}",
    "\u{300}",
    "\u{336}",
    "\u{20dd}",
    "\u{489}",
    "o\u{308}\u{323}\u{32d}\u{336}\u{489}\u{35c}\u{361}\u{20dd}\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}",
    "日本語",
    "한국어",
    "\u{1112}\u{1161}\u{11ab}",
    "ｶﾞ",
    "Ａ",
    "עברית",
    "العربية",
    "हिन्दी",
    "ไทยนี้",
    "👩‍👩‍👧‍👦",
    "🇩🇪",
    "🇩",
    "👍🏽",
    "☺️",
    "☺",
    "1️⃣",
    "®️",
    "─",
    "█",
    "¤",
    "{}",
    "%s%n",
    "'; DROP TABLE expense; --",
    "<script>",
    "$(reboot)",
    "`id`",
    "=1+1",
    "\\u001b[31m",
    "\\x1b",
    "^[[31m",
    "a",
    "Z",
    "7",
    " ",
];

/// Draws hostile texts; the same ones for the same seed.
#[derive(Debug)]
pub struct Hostile(StdRng);

impl Hostile {
    pub fn of_seed(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// One text of at most `most` characters. It has a letter at each end, so that something of it is seen.
    pub fn text(&mut self, most: usize) -> String {
        let mut text = String::from("e");
        for _ in 0..self.0.random_range(1..=8) {
            text.push_str(PIECES[self.0.random_range(0..PIECES.len())]);
        }
        let mut text: String = text.chars().take(most - 1).collect();
        text.push('x');
        text
    }
}

/// Fills a household's book straight in the database, past every check: 2,500 rows with as many payees, notes and tags, 400
/// categories and 100 accounts, each with a text of its own. Returns how many texts there are.
pub fn fill_with_hostile_texts(house: &Household, seed: u64) -> usize {
    house.expense(&["add", "1.00 first #food"]).ok();
    block_on(async {
        let mut options = ConnectOptions::new(house.database_url());
        options.sqlx_logging(false).max_connections(1);
        let db = Database::connect(options).await.expect("connect");
        let ledger = ledger::Entity::find()
            .one(&db)
            .await
            .expect("read")
            .expect("a ledger");
        let owner = user::Entity::find()
            .one(&db)
            .await
            .expect("read")
            .expect("an owner");
        let (ledger_id, now) = (ledger.id, ledger.created_at);
        let mut texts = Hostile::of_seed(seed);
        // Each with a number, since names are unique in their ledger.
        let names: Vec<String> = (0..5500).map(|n| format!("{}{n}", texts.text(90))).collect();
        let categories: Vec<_> = (0..400)
            .map(|n| category::Model {
                ledger_id,
                id: new_uuid(),
                name: names[n].clone(),
                name_fold: fold(&names[n]),
                live_name: Some(format!(":{n}")),
                parent_id: None,
                is_archived: false,
                is_deleted: false,
                version: 1,
                created_at: now,
                updated_at: now,
            })
            .collect();
        let accounts: Vec<_> = (0..100)
            .map(|n| account::Model {
                ledger_id,
                id: new_uuid(),
                name: names[400 + n].clone(),
                name_fold: fold(&names[400 + n]),
                live_name: Some(format!("a{n}")),
                kind: "card".to_owned(),
                iban: None,
                acctid: None,
                card_ends: None,
                owner_id: None,
                is_archived: false,
                is_deleted: false,
                version: 1,
                created_at: now,
                updated_at: now,
            })
            .collect();
        let payees: Vec<_> = (0..2500)
            .map(|n| payee::Model {
                ledger_id,
                id: new_uuid(),
                name: names[500 + n].clone(),
                name_fold: fold(&names[500 + n]),
                live_name: Some(format!("p{n}")),
                is_archived: false,
                is_deleted: false,
                version: 1,
                created_at: now,
                updated_at: now,
            })
            .collect();
        let tags: Vec<_> = (0..2500)
            .map(|n| tag::Model {
                ledger_id,
                id: new_uuid(),
                name: names[3000 + n].clone(),
                name_fold: fold(&names[3000 + n]),
                live_name: Some(format!("t{n}")),
                is_archived: false,
                is_deleted: false,
                version: 1,
                created_at: now,
                updated_at: now,
            })
            .collect();
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
        let expenses: Vec<_> = (0..2500_usize)
            .map(|n| expense::Model {
                ledger_id,
                id: new_uuid(),
                spent_on: first + chrono::Days::new(n as u64 % 300),
                amount_minor: 1234,
                currency: "EUR".to_owned(),
                kind: "expense".to_owned(),
                category_id: Some(categories[n % 400].id),
                account_id: Some(accounts[n % 100].id),
                to_account_id: None,
                payee_id: Some(payees[n].id),
                note: Some(texts.text(200)),
                note_fold: None,
                paid_by: None,
                external_id: None,
                is_deleted: false,
                deleted_at: None,
                version: 1,
                created_by: owner.id,
                created_at: now,
                updated_at: now,
            })
            .collect();
        let links: Vec<_> = (0..2500)
            .map(|n| expense_tag::Model {
                ledger_id,
                expense_id: expenses[n].id,
                tag_id: tags[n].id,
            })
            .collect();
        macro_rules! insert {
            ($($rows:ident: $table:ident;)*) => {$(
                for some in $rows.chunks(500) {
                    let rows = some.iter().cloned().map(|row| sea_orm::ActiveModelTrait::reset_all(row.into_active_model()));
                    $table::Entity::insert_many(rows).exec_without_returning(&db).await.expect("insert");
                }
            )*};
        }
        insert! {
            categories: category;
            accounts: account;
            payees: payee;
            tags: tag;
            expenses: expense;
            links: expense_tag;
        }
        db.close().await.expect("close");
        8000
    })
}

/// The sequences in what a program sent to its terminal, each as a word: what kind it is and what it asks for, without
/// its numbers.
pub fn sequences(output: &[u8]) -> BTreeSet<String> {
    let mut seen = Seen::default();
    Parser::new().advance(&mut seen, output);
    seen.0
}

#[derive(Default)]
struct Seen(BTreeSet<String>);

fn letters(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Perform for Seen {
    fn print(&mut self, c: char) {
        // What a terminal may obey, though it came as a character.
        let is_bidi = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || is_bidi {
            self.0.insert(format!("character {:04x}", u32::from(c)));
        }
    }

    fn execute(&mut self, byte: u8) {
        self.0.insert(format!("control {byte:02x}"));
    }

    fn hook(&mut self, _params: &Params, intermediates: &[u8], _ignore: bool, action: char) {
        self.0.insert(format!("DCS {}{action}", letters(intermediates)));
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _bell: bool) {
        self.0.insert(format!(
            "OSC {}",
            params.first().map(|first| letters(first)).unwrap_or_default()
        ));
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], _ignore: bool, action: char) {
        // A mode is what its number says; a colour or a place is not.
        let modes = if matches!(action, 'h' | 'l') {
            params.iter().map(|param| format!(" {param:?}")).collect()
        } else {
            String::new()
        };
        self.0
            .insert(format!("CSI {}{action}{modes}", letters(intermediates)));
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _ignore: bool, byte: u8) {
        self.0
            .insert(format!("ESC {}{}", letters(intermediates), char::from(byte)));
    }
}
