//! The fields that a column can be, and the words that headers of banks and households have for them.

use api::text::fold;

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Date,
    Amount,
    Kind,
    Currency,
    Category,
    Subcategory,
    Account,
    ToAccount,
    Payee,
    Tags,
    Note,
    ExternalId,
    Debit,
    Credit,
}

/// The fields by name, with the headers that say them, the surer ones first.
pub(super) const FIELDS: &[(Field, &str, &[&str])] = &[
    (
        Field::Date,
        "date",
        &[
            "date",
            "transaction date",
            "booking date",
            "posting date",
            "posted date",
            "date posted",
            "started date",
            "datetime",
            "date/time",
            "spent on",
            "day",
            "buchungstag",
            "buchungsdatum",
            "datum",
            "belegdatum",
            "fecha",
            "data",
            "date operation",
            "date de l'operation",
            "date d'operation",
            "value date",
            "completed date",
            "valuta",
            "wertstellung",
        ],
    ),
    (
        Field::Amount,
        "amount",
        &[
            "amount",
            "amount total",
            "transaction amount",
            "betrag",
            "umsatz",
            "montant",
            "importe",
            "importo",
            "valor",
            "sum",
            "value",
            "bedrag",
            "belopp",
        ],
    ),
    (
        Field::Kind,
        "kind",
        &["kind", "income/expense", "expense/income", "einnahme/ausgabe"],
    ),
    (
        Field::Currency,
        "currency",
        &[
            "currency",
            "currency code",
            "ccy",
            "wahrung",
            "devise",
            "moneda",
            "divisa",
        ],
    ),
    (
        Field::Category,
        "category",
        &["category", "kategorie", "categorie", "categoria"],
    ),
    (
        Field::Subcategory,
        "subcategory",
        &["subcategory", "sub category", "unterkategorie"],
    ),
    (
        Field::Account,
        "account",
        &[
            "account",
            "account name",
            "mode",
            "payment mode",
            "payment method",
            "paid with",
            "konto",
            "compte",
            "cuenta",
        ],
    ),
    (
        Field::ToAccount,
        "to_account",
        &["to account", "transfer to", "zielkonto"],
    ),
    (
        Field::Payee,
        "payee",
        &[
            "payee",
            "merchant",
            "counterparty",
            "beneficiary",
            "recipient",
            "name",
            "empfanger",
            "auftraggeber/empfanger",
            "beguenstigter/zahlungspflichtiger",
            "beneficiaire",
            "tiers",
        ],
    ),
    (Field::Tags, "tags", &["tags", "tag", "labels", "schlagworte"]),
    (
        Field::Note,
        "note",
        &[
            "note",
            "notes",
            "memo",
            "description",
            "details",
            "comment",
            "text",
            "verwendungszweck",
            "buchungstext",
            "label",
            "libelle",
            "concepto",
            "narrative",
        ],
    ),
    (
        Field::ExternalId,
        "external_id",
        &["external id", "transaction id", "unique id", "fitid"],
    ),
    (
        Field::Debit,
        "debit",
        &[
            "debit",
            "withdrawal",
            "withdrawals",
            "paid out",
            "money out",
            "debit amount",
            "soll",
            "belastung",
            "cargo",
        ],
    ),
    (
        Field::Credit,
        "credit",
        &[
            "credit",
            "deposit",
            "deposits",
            "paid in",
            "money in",
            "credit amount",
            "haben",
            "gutschrift",
            "abono",
        ],
    ),
];

/// Headers that say the kind only where the caller says what its words mean; banks write all sorts of things there.
pub(super) const KIND_WHERE_MAPPED: &[&str] = &["type", "transaction type", "art"];

/// A header as it is compared with the known words: folded, without a unit in parentheses, blanks for `_` and `-`.
pub(super) fn plain(header: &str) -> String {
    let text = fold(header).replace(['(', ')'], " ").replace(['_', '-'], " ");
    let text = text.trim_end_matches([':', '.']).trim();
    let mut words: Vec<&str> = text.split_whitespace().collect();
    // `Withdrawals (SGD)`: the currency is no part of the name.
    if words.len() > 1
        && words
            .last()
            .is_some_and(|word| api::currency::Currency::parse(word).is_some())
    {
        words.pop();
    }
    words.join(" ")
}

pub(super) fn name_of(field: Field) -> &'static str {
    FIELDS
        .iter()
        .find(|(found, _, _)| *found == field)
        .map_or("", |(_, name, _)| name)
}
