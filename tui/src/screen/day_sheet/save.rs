//! Saving a day: everything that was typed as one request, and what the answer means for the
//! cells. Nothing is sent while nothing was changed, and nothing that was typed goes before the
//! server has it.

use api::{
    currency::Currency,
    date::Date,
    day::{DayRow, DaySaved, DayUpdate},
    expense::{Expense, ExpensePatch, Kind},
    id::ExpenseId,
    money::Amount,
    patch::Patch,
    problem::{Code, Fault, Faults},
    text::{clean_line, clean_note},
};

use super::{
    cell::{Col, Named, Worth, read_account, read_amount, read_category},
    sheet::{Sheet, SheetRow},
};
use crate::book::Lists;
use crate::outbox::deleted;
use crate::popup::{expense_form::patched, quick_add::row_of};
use crate::theme::Look;

/// A day as it shall be, and whose rows they are.
pub(super) struct Update {
    pub(super) update: DayUpdate,
    ids: Vec<ExpenseId>,
}

impl Update {
    /// A row of the sheet as this leaves it, as far as this side can tell.
    pub(super) fn row_after(
        &self,
        row: &SheetRow,
        date: Date,
        lists: &Lists,
        look: &Look,
    ) -> Option<Expense> {
        if row.is_removed {
            let stored = row.stored.as_ref()?;
            return Some(deleted(stored, stored.version + 1));
        }
        let of_day = self.update.rows.iter().find(|of_day| of_day.id == Some(row.id))?;
        match &row.stored {
            Some(stored) if !row.is_new() => Some(patched(stored, &of_day.fields, lists)),
            _ => Some(row_of(&of_day.clone().into_new(date)?, lists, look)),
        }
    }
}

impl Sheet {
    /// The whole day as one update. `Err`: cells that cannot be saved were given their faults.
    pub(super) fn update(&mut self, lists: &Lists, today: Date) -> Result<Update, usize> {
        let mut update = DayUpdate { rows: Vec::new() };
        let mut ids = Vec::new();
        for row in &mut self.rows {
            if row.is_removed || row.is_blank() {
                row.faults.clear();
                continue;
            }
            let fields = row.fields(lists, today);
            ids.push(row.id);
            update.rows.push(DayRow {
                id: Some(row.id),
                is_new: row.is_new(),
                fields,
            });
        }
        let mut faults = Faults::default();
        for (at, row) in update.rows.iter().enumerate() {
            faults.within(&format!("/rows/{at}"), |faults| {
                check(row, lists.base, self.currency_of(&ids, at), faults);
            });
        }
        let update = Update { update, ids };
        self.blame(&update, faults.told());
        match self.rows.iter().map(|row| row.faults.len()).sum() {
            0 => Ok(update),
            faults => Err(faults),
        }
    }

    /// What the server did with a save from here is no news.
    pub(super) fn forget_news(&mut self) {
        for row in &mut self.rows {
            if row.news != super::sheet::News::Gone {
                row.news = super::sheet::News::None;
            }
        }
    }

    fn currency_of(&self, ids: &[ExpenseId], at: usize) -> Option<Currency> {
        let id = ids.get(at)?;
        let row = self.rows.iter().find(|row| row.id == *id)?;
        row.stored.as_ref().map(|stored| stored.currency)
    }

    /// Puts faults under the cells that they point at. What points at no row is returned.
    pub(super) fn blame(&mut self, update: &Update, faults: &[Fault]) -> Vec<String> {
        let mut rest = Vec::new();
        for fault in faults {
            let place = place_of(&fault.pointer).and_then(|(at, field)| {
                let id = update.ids.get(at)?;
                let row = self.rows.iter_mut().find(|row| row.id == *id)?;
                Some((row, Col::of_pointer(field)))
            });
            match place {
                Some((row, col)) => row.blame(col, fault),
                None => rest.push(fault.detail.clone()),
            }
        }
        rest
    }

    /// The server has what was sent: its rows are stored, and what was typed since stays typed.
    pub(super) fn saved(&mut self, sent: &[SheetRow], saved: &DaySaved) {
        self.rows.retain(|row| !saved.deleted.contains(&row.id));
        for row in &mut self.rows {
            let Some(then) = sent.iter().find(|then| then.id == row.id) else {
                continue;
            };
            let stored = saved
                .created
                .iter()
                .chain(&saved.updated)
                .find(|stored| stored.id == row.id);
            if let Some(stored) = stored {
                row.stored = Some(stored.clone());
            }
            for col in Col::ALL {
                if row.stored.is_some() && row.typed(col) == then.typed(col) {
                    row.set_typed(col, None);
                }
            }
            row.faults.clear();
            row.theirs.clear();
            row.news = super::sheet::News::None;
        }
        self.select(None);
        self.etag = None;
    }
}

/// `/rows/3/amount`: the row, and its field.
fn place_of(pointer: &str) -> Option<(usize, &str)> {
    let rest = pointer.strip_prefix("/rows/")?;
    let (at, field) = rest.split_once('/').unwrap_or((rest, ""));
    let field = field.split('/').next().unwrap_or_default();
    Some((at.parse().ok()?, field))
}

fn check(row: &DayRow, base: Currency, stored: Option<Currency>, faults: &mut Faults) {
    if row.creates() {
        row.check_new(base, faults);
    } else {
        row.fields.check(stored.unwrap_or(base), faults);
    }
}

impl SheetRow {
    fn blame(&mut self, col: Col, fault: &Fault) {
        if self.faults.iter().any(|(of, _)| *of == col) {
            return;
        }
        let mut words = if fault.detail.is_empty() {
            fault.code.clone()
        } else {
            fault.detail.clone()
        };
        if !fault.candidates.is_empty() {
            words = format!("{words} (perhaps {})", fault.candidates.join(", "));
        }
        self.faults.push((col, words));
    }

    /// What is typed as fields of the row; what cannot be is left out and gets its fault.
    fn fields(&mut self, lists: &Lists, today: Date) -> ExpensePatch {
        self.faults.clear();
        let gone = self.stored.as_ref().filter(|_| self.is_new());
        let mut fields = gone.map_or_else(ExpensePatch::default, |row| whole(row, lists));
        for col in Col::ALL {
            if let Some(typed) = self.typed(col).map(str::to_owned)
                && let Err(fault) = self.field(col, &typed, &mut fields, lists, today)
            {
                self.faults.push((col, fault));
            }
        }
        fields
    }

    fn field(
        &self,
        col: Col,
        typed: &str,
        fields: &mut ExpensePatch,
        lists: &Lists,
        today: Date,
    ) -> Result<(), String> {
        match col {
            Col::Amount => {
                let worth = read_amount(typed, self.stored.as_ref(), lists.base, today)?;
                set_worth(
                    fields,
                    worth,
                    self.stored.as_ref().and_then(Worth::of),
                    lists.base,
                );
            }
            Col::Category => match read_category(typed, lists)? {
                Named::None => fields.category_id = Patch::Clear,
                Named::Known(id) => fields.category_id = Patch::Set(id),
                Named::New(name) => {
                    fields.category_id = Patch::Keep;
                    fields.category = Patch::Set(name);
                    fields.create_missing = true;
                }
            },
            Col::Account => match read_account(typed, lists)? {
                Named::None => fields.account_id = Patch::Clear,
                Named::Known(id) => fields.account_id = Patch::Set(id),
                Named::New(name) => {
                    fields.account_id = Patch::Keep;
                    fields.account = Patch::Set(name);
                    fields.create_missing = true;
                }
            },
            Col::Payee => fields.payee = text(clean_line(typed)),
            Col::Note => fields.note = text(clean_note(typed)),
        }
        Ok(())
    }
}

fn text(text: String) -> Patch<String> {
    if text.is_empty() {
        Patch::Clear
    } else {
        Patch::Set(text)
    }
}

/// All of a row, to make it again. The bank's own id stays with the one that was deleted, and who left pays for nothing
/// new.
fn whole(row: &Expense, lists: &Lists) -> ExpensePatch {
    fn set<T>(value: Option<T>) -> Patch<T> {
        value.map_or(Patch::Keep, Patch::Set)
    }
    ExpensePatch {
        amount: Some(row.amount.clone()),
        currency: Some(row.currency),
        kind: Some(row.kind),
        category_id: set(row.category_id),
        account_id: set(row.account_id),
        to_account_id: set(row.to_account_id),
        payee: set(row.payee.clone()),
        tags: Some(row.tags.clone()),
        note: set(row.note.clone()),
        paid_by: set(row.paid_by.filter(|id| lists.members.has(*id)).map(Into::into)),
        ..ExpensePatch::default()
    }
}

fn set_worth(fields: &mut ExpensePatch, worth: Worth, stored: Option<Worth>, base: Currency) {
    fields.amount = Some(Amount::from_minor(worth.minor, worth.currency));
    let (kind, currency) = stored.map_or((Kind::Expense, base), |stored| (stored.kind, stored.currency));
    if worth.kind != kind {
        fields.kind = Some(worth.kind);
    }
    if worth.currency != currency {
        fields.currency = Some(worth.currency);
    }
}

/// What a refused save is about.
pub(super) fn is_stale(error: &crate::client::ClientError) -> bool {
    matches!(error.code(), Some(Code::StaleVersion))
}
