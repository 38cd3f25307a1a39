//! The shown day was changed by somebody else: it is loaded anew and put under what was typed, and they are named.

use api::change::{ChangedRow, FieldChange};

use super::DaySheet;
use crate::{fx::Fx, live::LiveChanges, theme::Look};

impl DaySheet {
    pub(super) fn live(&mut self, live: &LiveChanges, look: &Look) -> Fx<Self> {
        let day = self.date.to_string();
        let Some(sheet) = self.sheet() else {
            return Fx::none();
        };
        let is_day = |field: &FieldChange| {
            let is_it = |value: &Option<serde_json::Value>| {
                value.as_ref().and_then(|value| value.as_str()) == Some(day.as_str())
            };
            field.field == "date" && (is_it(&field.before) || is_it(&field.after))
        };
        let is_of_day = |row: &ChangedRow| {
            let is_shown = || {
                sheet
                    .rows
                    .iter()
                    .any(|shown| shown.id.to_string() == row.id.to_string())
            };
            row.noun == "expense" && (row.fields.iter().any(is_day) || is_shown())
        };
        let lists = self.desk.book.lists();
        let changer = live.changer(&lists, look, is_of_day);
        // Of a large change not every row is told.
        let may_be = live.touches_rows() && live.news().any(|live| live.change.rows.len() >= 50);
        if sheet.is_saving || (changer.is_none() && !may_be && !live.is_all) {
            return Fx::none();
        }
        self.changed_by = changer;
        self.load()
    }
}
