//! A list of blocks: a head of cells and, under it, lines of a name with a value before and after. One block is chosen
//! as a whole; the cells of all heads stand under each other.

use super::{Canvas, Scroll};
use crate::keymap::Action;
use crate::text::{self, Align};
use crate::theme::Look;
use ratatui::layout::{Position, Rect};

/// Columns of the names, and where the lines begin.
const NAME: u16 = 11;
const INDENT: u16 = 4;
/// Columns that a cell of a head may take, but for the last one.
const MOST: usize = 22;
/// What stands for no value.
const NOTHING: &str = "(none)";

/// A name with its value before and after; only the one after where it is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub name: String,
    pub before: Option<String>,
    pub after: String,
}

/// One of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Block {
    /// The last one takes what is left.
    pub head: Vec<String>,
    /// At the right end of the head, where there is room.
    pub aside: String,
    /// It does not hold any more.
    pub is_dim: bool,
    pub pairs: Vec<Pair>,
}

/// The list, and what is in view of it.
#[derive(Debug, Clone, Default)]
pub struct Blocks {
    blocks: Vec<Block>,
    scroll: Scroll,
}

impl Blocks {
    /// Puts other blocks there; the choice stays where it is.
    pub fn set(&mut self, blocks: Vec<Block>) {
        let chosen = self.chosen();
        self.blocks = blocks;
        self.choose(chosen);
    }

    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The chosen block.
    pub fn chosen(&self) -> usize {
        self.block_at(self.scroll.selected())
    }

    /// Chooses a block; as much of it as fits is brought into view.
    pub fn choose(&mut self, block: usize) {
        let block = block.min(self.blocks.len().saturating_sub(1));
        let (first, lines) = (self.line_of(block), self.lines());
        let height = self.blocks.get(block).map_or(1, |block| block.pairs.len() + 1);
        self.scroll.select(first + height - 1, lines);
        self.scroll.select(first, lines);
    }

    /// Moves; says whether the verb was one of moving.
    pub fn on_action(&mut self, action: Action) -> bool {
        let chosen = self.chosen();
        match action {
            Action::Up => self.choose(chosen.saturating_sub(1)),
            Action::Down => self.choose(chosen + 1),
            _ => {
                let lines = self.lines();
                if !self.scroll.on_action(action, lines) {
                    return false;
                }
                self.choose(self.chosen());
            }
        }
        true
    }

    fn lines(&self) -> usize {
        self.line_of(self.blocks.len())
    }

    fn line_of(&self, block: usize) -> usize {
        self.blocks
            .iter()
            .take(block)
            .map(|block| block.pairs.len() + 1)
            .sum()
    }

    fn block_at(&self, line: usize) -> usize {
        let mut below = 0;
        for (at, block) in self.blocks.iter().enumerate() {
            below += block.pairs.len() + 1;
            if line < below {
                return at;
            }
        }
        self.blocks.len().saturating_sub(1)
    }

    fn widths(&self) -> Vec<u16> {
        let columns = self
            .blocks
            .iter()
            .map(|block| block.head.len())
            .max()
            .unwrap_or(0);
        let width = |at: usize| {
            let cells = self.blocks.iter().filter_map(|block| block.head.get(at));
            cells.map(|cell| text::width(cell).min(MOST)).max().unwrap_or(0)
        };
        let widths = (0..columns.saturating_sub(1)).map(width);
        widths.map(|width| u16::try_from(width).unwrap_or(0)).collect()
    }

    pub fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let lines = self.lines();
        self.scroll.fit(area.height.into(), lines);
        let widths = self.widths();
        let chosen = self.chosen();
        let in_view = self.scroll.visible(lines);
        let mut line = 0;
        for (at, block) in self.blocks.iter().enumerate() {
            let values = values(block);
            for part in 0..=block.pairs.len() {
                let place = line;
                line += 1;
                if !in_view.contains(&place) {
                    continue;
                }
                let y = area.y + u16::try_from(place - in_view.start).unwrap_or(0);
                let place = Rect { y, height: 1, ..area };
                match part.checked_sub(1).and_then(|part| block.pairs.get(part)) {
                    Some(pair) => draw_pair(canvas, place, (pair, values), look),
                    None => draw_head(canvas, place, (block, &widths, at == chosen), look),
                }
            }
        }
    }
}

/// Columns of the values before, so that the arrows stand under each other, and whether amounts are among them.
fn values(block: &Block) -> u16 {
    let before = block.pairs.iter().filter_map(|pair| pair.before.as_deref());
    let width = before.map(|text| text::width(shown(text))).max().unwrap_or(0);
    u16::try_from(width).unwrap_or(u16::MAX)
}

fn shown(value: &str) -> &str {
    if value.is_empty() { NOTHING } else { value }
}

fn draw_head(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (block, widths, is_chosen): (&Block, &[u16], bool),
    look: &Look,
) {
    let style = if block.is_dim {
        look.styles.dim
    } else {
        look.styles.plain
    };
    let aside = u16::try_from(text::width(&block.aside)).unwrap_or(0);
    let mut x = area.x + 2;
    for (at, cell) in block.head.iter().enumerate() {
        let left = area.right().saturating_sub(x);
        let width = widths.get(at).copied().unwrap_or(left).min(left);
        canvas.put_fit((x, area.y, width), cell, Align::Left, style, look);
        x += width + 2;
    }
    let last = block.head.last().map_or(0, |cell| text::width(cell));
    let before: u16 = widths.iter().map(|width| width + 2).sum();
    let used = before.saturating_add(u16::try_from(last).unwrap_or(u16::MAX));
    if aside > 0 && used.saturating_add(aside + 4) <= area.width {
        canvas.put(area.right() - aside, area.y, aside, &block.aside, look.styles.dim);
    }
    if is_chosen {
        canvas.put(area.x, area.y, 1, look.glyphs.pointer, look.styles.plain);
        canvas.style(area, look.styles.selected);
        canvas.set_cursor(Position::new(area.x, area.y));
    }
}

fn draw_pair(canvas: &mut Canvas<'_>, area: Rect, (pair, values): (&Pair, u16), look: &Look) {
    let x = area.x + INDENT;
    let left = area.right().saturating_sub(x + NAME + 1);
    canvas.put_fit((x, area.y, NAME), &pair.name, Align::Left, look.styles.dim, look);
    let x = x + NAME + 1;
    let Some(before) = &pair.before else {
        let style = look.styles.plain;
        canvas.put_fit((x, area.y, left), shown(&pair.after), Align::Left, style, look);
        return;
    };
    let half = left.saturating_sub(4) / 2;
    let width = values.min(half.max(left.saturating_sub(4 + 24)));
    canvas.put_fit(
        (x, area.y, width),
        shown(before),
        Align::Left,
        look.styles.dim,
        look,
    );
    canvas.put(x + width, area.y, 4, " -> ", look.styles.dim);
    let after = (x + width + 4, area.y, left.saturating_sub(width + 4));
    canvas.put_fit(after, shown(&pair.after), Align::Left, look.styles.plain, look);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{look, rows_of};
    use ratatui::buffer::Buffer;

    fn block(name: &str, pairs: usize) -> Block {
        let pair = |at: usize| Pair {
            name: format!("Field {at}"),
            before: Some("old".to_owned()),
            after: "new".to_owned(),
        };
        Block {
            head: vec![name.to_owned(), "Ana".to_owned(), "edited".to_owned()],
            pairs: (0..pairs).map(pair).collect(),
            ..Block::default()
        }
    }

    fn drawn(blocks: &mut Blocks, height: u16) -> Vec<String> {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 50, height));
        let area = buffer.area;
        blocks.draw(&mut Canvas::new(&mut buffer), area, &look());
        rows_of(&buffer)
    }

    #[test]
    fn a_block_is_chosen_as_a_whole_and_seen_as_a_whole() {
        let mut blocks = Blocks::default();
        blocks.set(vec![block("one", 2), block("two", 3), block("three", 0)]);
        let lines = drawn(&mut blocks, 5);
        assert_eq!(lines[0], "> one    Ana  edited");
        assert_eq!(lines[1], "    Field 0     old -> new");
        assert!(blocks.on_action(Action::Down));
        let lines = drawn(&mut blocks, 5);
        assert!(lines.iter().any(|line| line.starts_with("> two")), "{lines:?}");
        assert!(lines.iter().any(|line| line.contains("Field 2")), "{lines:?}");
        blocks.on_action(Action::Down);
        blocks.on_action(Action::Down);
        assert_eq!(blocks.chosen(), 2);
        blocks.on_action(Action::First);
        assert_eq!(blocks.chosen(), 0);
        blocks.set(vec![block("one", 0)]);
        assert_eq!(blocks.chosen(), 0);
        assert!(!blocks.on_action(Action::Accept));
    }
}
