//! The screen as it is drawn: a line that says what is looked at and what it sums to, the table, and from 120 columns
//! the categories beside it.

use super::list::List;
use super::{Expenses, ask};
use crate::book::Lists;
use crate::fx::Fx;
use crate::theme::Look;
use crate::widget::{Canvas, Row, Rows, Table};
use crate::{expense_row, figures};
use ratatui::layout::{Position, Rect};

struct Shown<'a> {
    list: &'a List,
    lists: &'a Lists,
    look: &'a Look,
}

impl Rows for Shown<'_> {
    fn len(&self) -> usize {
        self.list.shown_len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let item = self.list.get(at)?;
        Some(expense_row::cells(&item.row, self.lists, self.look).gutter(self.list.gutter(item)))
    }
}

impl Expenses {
    pub(super) fn draw_screen(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        if area.is_empty() {
            return;
        }
        let lists = self.desk.book.lists();
        let line = self.summary_line(&lists);
        canvas.put_fit(
            (area.x + 1, area.y, area.width.saturating_sub(2)),
            &line,
            crate::text::Align::Left,
            look.styles.bold,
            look,
        );
        let body = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        let visible = self.scroll.visible(self.list.shown_len());
        let _ = visible;
        let columns = expense_row::columns(self.list.rows(), lists.base);
        let rows = Shown {
            list: &self.list,
            lists: &lists,
            look,
        };
        let table = Table {
            columns: &columns,
            rows: &rows,
            has_titles: true,
            has_focus: true,
            cell: None,
        };
        table.draw(canvas, body, &mut self.scroll, look);
    }

    fn summary_line(&self, lists: &Lists) -> String {
        let mut parts = vec![self.view.words(lists.calendar)];
        if let Some(report) = &self.report {
            for total in &report.totals {
                let net = total.net.minor(total.currency).unwrap_or(0);
                parts.push(format!(
                    "Spent {}",
                    figures::amount_in(net, total.currency, lists.base)
                ));
            }
            parts.push(figures::rows(ask::row_count(report)));
        }
        parts.join("   ")
    }

    pub(super) fn click(&mut self, _: Position) -> Fx<Self> {
        Fx::none()
    }
}
