//! Operations on categories, payees and tags, and what becomes of the rows that have them.

use super::*;

impl Game {
    pub(super) async fn merge(&mut self) -> Result<(), String> {
        let Step { a, b, c, .. } = self.step;
        let noun = Noun::ALL[usize::from(a) % 4];
        let live = self.book.live(noun);
        let (Some(from), Some(into)) = (pick(&live, b), pick(&live, c)) else {
            return Ok(());
        };
        if from == into || !self.book.children(from).is_empty() {
            return Ok(());
        }
        let outcome = self.book.merge(from, into);
        let path = format!("{}/{from}/merge", noun.plural());
        let answer = self.http().post(&path, json!({ "into_id": into })).await;
        self.settle(answer, 200, outcome, self.done(true)).await.map(drop)
    }

    pub(super) async fn rename(&mut self) -> Result<(), String> {
        let Step { a, b, c, .. } = self.step;
        let noun = Noun::ALL[usize::from(a) % 4];
        let Some(id) = pick(&self.book.live(noun), b) else {
            return Ok(());
        };
        let name = NAMES[usize::from(c) % 4];
        let outcome = self.book.rename(id, name);
        let path = format!("{}/{id}", noun.plural());
        let answer = self.http().patch(&path, json!({ "name": name })).await;
        self.settle(answer, 200, outcome, self.done(false))
            .await
            .map(drop)
    }

    pub(super) async fn delete_entry(&mut self) -> Result<(), String> {
        let Step { a, b, .. } = self.step;
        let noun = Noun::ALL[usize::from(a) % 4];
        let Some(id) = pick(&self.book.live(noun), b) else {
            return Ok(());
        };
        let outcome = self.book.delete_entry(id);
        let answer = self.http().delete(&format!("{}/{id}", noun.plural())).await;
        self.settle(answer, 204, outcome, self.done(false))
            .await
            .map(drop)
    }

    pub(super) async fn new_entry(&mut self) -> Result<(), String> {
        let Step { a, b, c, .. } = self.step;
        let noun = Noun::ALL[usize::from(a) % 4];
        let tops: Vec<Uuid> = self
            .book
            .live(Noun::Category)
            .into_iter()
            .filter(|id| self.book.entry(*id).is_some_and(|entry| entry.parent.is_none()))
            .collect();
        let parent = pick(&tops, c).filter(|_| noun == Noun::Category && c % 2 == 0);
        self.create_entry(noun, NAMES[usize::from(b) % 4], parent).await
    }

    pub(super) async fn create_entry(
        &mut self,
        noun: Noun,
        name: &str,
        parent: Option<Uuid>,
    ) -> Result<(), String> {
        let id = new_uuid();
        let entry = Entry {
            noun,
            name: name.to_owned(),
            parent,
            is_deleted: false,
        };
        let outcome = if self.book.named(noun, name, parent).is_some() {
            Err(409)
        } else {
            Ok(vec![(id, Thing::Entry(entry))])
        };
        let kind = (noun == Noun::Account).then_some("cash");
        let body = without_nulls(json!({ "id": id, "name": name, "parent_id": parent, "kind": kind }));
        let answer = self.http().post(noun.plural(), body).await;
        self.settle(answer, 201, outcome, self.done(false))
            .await
            .map(drop)
    }
}
