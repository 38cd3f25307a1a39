//! stub
use crate::{book::Book, client::Api, layer::Layer, theme::Look, widget::Canvas};
use std::sync::Arc;
pub struct DaySheet;
impl DaySheet {
    pub fn new(_: Arc<dyn Api>, _: Book, _: api::date::Date) -> Self {
        Self
    }
}
impl Layer for DaySheet {
    fn title(&self) -> String {
        String::new()
    }
    fn contexts(&self) -> Vec<&'static str> {
        vec!["sheet"]
    }
    fn draw(&mut self, _: &mut Canvas<'_>, _: ratatui::layout::Rect, _: &Look) {}
}
