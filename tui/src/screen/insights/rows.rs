//! From a bar to the rows behind it: the list that sums to exactly its figure, in the same days and
//! under the same filter.

use api::{
    currency::Currency,
    date::{Calendar, Period},
    expense::ExpenseFilter,
};

use super::{
    Shown,
    lines::Line,
    view::{By, Measure, View},
};
use crate::{
    book::Lists,
    screen::view::{Sort, View as RowsView},
};

/// The filter that an address of a list stands for; parts that this side does not know are left
/// out only if they are none of the filter's.
pub(super) fn filter_of(rows_url: &str) -> Option<ExpenseFilter> {
    let (_, query) = rows_url.split_once('?')?;
    let mut fields = serde_json::Map::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let value = match (name.as_ref(), value.as_ref()) {
            (_, "true") => serde_json::Value::Bool(true),
            (_, "false") => serde_json::Value::Bool(false),
            (_, text) => serde_json::Value::String(text.to_owned()),
        };
        fields.insert(name.into_owned(), value);
    }
    serde_json::from_value(serde_json::Value::Object(fields)).ok()
}

/// What the list of a bar's rows looks at; `None` where the server names no such list.
pub(super) fn rows_view(
    line: &Line,
    view: &View,
    shown: &Shown,
    currency: Currency,
    lists: &Lists,
) -> Option<RowsView> {
    let mut filter = filter_of(line.rows_url.as_deref()?)?;
    let days = (filter.from.take()?, filter.to.take()?);
    narrow_to_kinds(&mut filter, view.measure);
    if shown.figures.currencies().len() > 1 {
        filter.currency = Some(currency);
    }
    Some(RowsView {
        period: period_of(days, view.period, lists.calendar),
        filter_text: words(&filter, line, shown.asked.by, lists),
        filter,
        sort: Sort::default(),
    })
}

/// The shown period where these are its days, the month they are, else just these days.
fn period_of((from, to): (api::date::Date, api::date::Date), shown: Period, calendar: Calendar) -> Period {
    if shown.range(calendar) == (from, to) {
        return shown;
    }
    let month = calendar.month_of(from);
    if calendar.month_range(month) == (from, to) {
        return Period::Month(month);
    }
    Period::Custom(from, to)
}

/// The filter as a person would have typed it: names, not ids.
fn words(filter: &ExpenseFilter, line: &Line, by: By, lists: &Lists) -> String {
    let mut named = filter.clone();
    let path = line.id().parse().map_or("", |id| lists.category_path(id));
    let name = Some(match line.key.as_str() {
        "none" => line.key.clone(),
        _ if path.is_empty() => line.label.clone(),
        _ => path.to_owned(),
    });
    match by {
        By::Category => named.category = name,
        By::Account => named.account = name,
        By::Payee => named.payee = name,
        // By the name that signs in, or where they left by the id that is there.
        By::Member => {
            let user = line.id().parse().ok().and_then(|id| lists.members.user_name(id));
            named.paid_by = user.map(str::to_owned).or(named.paid_by);
        }
        By::Tag => named.tag = name,
        By::Month => {}
    }
    api::filter::print(&named)
}

/// Only rows that the bar counts; kinds that the filter left out stay out.
fn narrow_to_kinds(filter: &mut ExpenseFilter, measure: Measure) {
    let asked = filter.kinds();
    let kinds: Vec<&str> = measure
        .kinds()
        .iter()
        .filter(|kind| {
            asked
                .as_ref()
                .is_none_or(|asked| asked.iter().any(|asked| asked.as_str() == **kind))
        })
        .copied()
        .collect();
    if !kinds.is_empty() {
        filter.kind = Some(kinds.join(","));
    }
}
