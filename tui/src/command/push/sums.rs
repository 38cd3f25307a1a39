//! Counts and sums of a book on both sides, beside each other.

use super::super::table::Table;
use super::super::{Context, Failure};
use crate::client::Api;
use api::expense::ExpenseFilter;
use api::report::Report;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Prints them; an error where they are not alike.
pub(super) async fn compare(
    here: &Arc<dyn Api>,
    there: &Arc<dyn Api>,
    context: &mut Context,
) -> Result<(), Failure> {
    let filter = ExpenseFilter::default();
    let (ours, theirs) = (
        figures(&here.report_summary(&filter).await?),
        figures(&there.report_summary(&filter).await?),
    );
    let mut table = Table::new("Lrr");
    table.head(["", "here", "there"]);
    let names: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let value = |side: &BTreeMap<String, String>, name: &String| {
        side.get(name).cloned().unwrap_or_else(|| "-".to_owned())
    };
    for name in names {
        table.row([name.clone(), value(&ours, name), value(&theirs, name)]);
    }
    table.print(&mut context.out)?;
    if ours == theirs {
        context.out.say("Both sides are alike.");
        Ok(())
    } else {
        Err(Failure::Failed(
            "The sides are not alike: the copy there has been changed since, or this book while it was copied - \
             nothing there was changed; `expense list --server URL` shows it"
                .to_owned(),
        ))
    }
}

fn figures(report: &Report) -> BTreeMap<String, String> {
    let mut figures = BTreeMap::new();
    for total in report.rows.iter().flat_map(|row| &row.totals) {
        let currency = total.currency;
        figures.insert(format!("{currency} rows"), total.count.to_string());
        figures.insert(format!("{currency} spent"), total.spent.to_string());
        figures.insert(format!("{currency} refunded"), total.refunded.to_string());
        figures.insert(format!("{currency} income"), total.income.to_string());
    }
    for total in &report.transfers {
        let currency = total.currency;
        figures.insert(format!("{currency} transfers"), total.count.to_string());
        figures.insert(format!("{currency} moved"), total.amount.to_string());
    }
    figures
}
