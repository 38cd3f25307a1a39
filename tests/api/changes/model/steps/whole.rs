//! A whole file, and what takes whole operations back.

use super::*;

impl Game {
    /// A file of up to three rows, of which a bank's id may be known.
    pub(super) async fn import(&mut self) -> Result<(), String> {
        let Step { a, b, .. } = self.step;
        let mut file = "Date,Amount,Note,Payee,external_id\n".to_owned();
        let mut made = Vec::new();
        let mut rows = Vec::new();
        for n in 0..=(a % 3) {
            let external_id = (n > 0).then(|| format!("x{}", b.wrapping_add(n) % 4));
            let payee = (n == 0 && b % 2 == 0).then_some(PAYEES[usize::from(b) % 3]);
            let cents = 300 + i64::from(n);
            file.push_str(&format!(
                "{},{},import,{},{}\n",
                DAYS[1],
                money(cents),
                payee.unwrap_or_default(),
                external_id.clone().unwrap_or_default()
            ));
            let is_known = external_id
                .as_ref()
                .is_some_and(|id| self.book.refs.contains_key(&(Uuid::nil(), id.clone())));
            if !is_known {
                let payee = payee.map(|name| self.on_use(Noun::Payee, name, &mut made));
                rows.push(Row {
                    note: Some("import".to_owned()),
                    payee,
                    external_id,
                    ..plain(DAYS[1], cents)
                });
            }
        }
        let draft = self
            .http()
            .call(Method::POST, "imports")
            .bytes("text/csv", file.as_str())
            .await
            .expect(201);
        self.book.rev += 1;
        let fixed = Done {
            is_open: false,
            rev: self.book.rev,
            ..self.done(true)
        };
        self.book.commit(Vec::new(), fixed);
        let path = format!("imports/{}", draft.json["id"].as_str().expect("an id"));
        let answer = self.http().call(Method::POST, &format!("{path}/commit")).await;
        let written = self.http().walk(&format!("{path}/rows?verdict=new")).await;
        let ids: Vec<Uuid> = written
            .iter()
            .filter_map(|row| row["expense_id"].as_str()?.parse().ok())
            .collect();
        if ids.len() != rows.len() {
            return Err(format!(
                "{} rows written, not {}: {answer:?}",
                ids.len(),
                rows.len()
            ));
        }
        let rows = ids.into_iter().zip(rows.into_iter().map(Thing::Row));
        let changes = made.into_iter().chain(rows).collect();
        self.settle(answer, 200, Ok(changes), self.done(true))
            .await
            .map(drop)
    }

    /// One of the latest operations is taken back.
    pub(super) async fn undo(&mut self, deep: u8, is_skipping: bool) -> Result<(), String> {
        let back = usize::from(self.step.a % deep);
        let Some(of) = self.book.done.len().checked_sub(back + 1) else {
            return Ok(());
        };
        self.take_back(of, is_skipping).await
    }

    pub(super) async fn redo(&mut self) -> Result<(), String> {
        let undos = self
            .book
            .done
            .iter()
            .rposition(|done| done.undoes.is_some() && !done.is_undone);
        match undos {
            Some(of) => self.take_back(of, false).await,
            None => Ok(()),
        }
    }

    pub(super) async fn take_back(&mut self, of: usize, is_skipping: bool) -> Result<(), String> {
        let reversal = self.book.reverse(of, is_skipping);
        let skip = if is_skipping { "?skip=conflicts" } else { "" };
        let path = format!("changes/{}/undo{skip}", self.book.done[of].rev);
        let answer = self.http().post(&path, Value::Null).await;
        let done = Done {
            undoes: Some(of),
            ..self.done(self.book.done[of].is_for_rows)
        };
        let (outcome, told) = match reversal {
            Ok((changes, skipped, unmade)) => (Ok(changes), Some((skipped, unmade))),
            Err(status) => (Err(status), None),
        };
        let answer = self.settle(answer, 200, outcome, done).await?;
        if let Some((skipped, unmade)) = told {
            self.book.note_undo(of);
            self.book.forget_refs(&unmade);
            let passed_over =
                ["skipped", "skipped_names"].map(|count| answer.json[count].as_u64().unwrap_or_default());
            if passed_over.iter().sum::<u64>() != u64::try_from(skipped).unwrap_or(u64::MAX) {
                return Err(format!("{skipped} rows stay, said the model: {answer:?}"));
            }
        }
        Ok(())
    }
}
