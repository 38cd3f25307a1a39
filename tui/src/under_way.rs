//! Operations in words, the same for the app and the commands; and watching, in the app, over those that are under way.

use crate::app::Poster;
use crate::client::Api;
use crate::figures::{grouped, rows};
use crate::fx::Change as Told;
use crate::live::LiveChanges;
use api::operation::{Operation, OperationState};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// Between two looks at what the app said is under way.
const LOOK: Duration = Duration::from_secs(1);

/// What it is: `undo`, `merge`, `import`.
fn noun(operation: &Operation) -> &'static str {
    match operation.kind.as_str() {
        "undo" => "undo",
        "redo" => "redo",
        "commit_import" => "import",
        "reassign_category" | "remove_category" => "move",
        kind if kind.starts_with("merge_") => "merge",
        _ => "operation",
    }
}

/// What is being done, for the head of a bar.
pub fn doing(operation: &Operation) -> &'static str {
    match noun(operation) {
        "undo" => "Undoing",
        "redo" => "Doing again",
        "import" => "Writing",
        "move" => "Moving",
        "merge" => "Merging",
        _ => "Working",
    }
}

/// `An undo of 100,000 rows`
fn what(operation: &Operation) -> String {
    let noun = noun(operation);
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "An"
    } else {
        "A"
    };
    format!("{article} {noun} of {}", rows(operation.total))
}

/// `An undo of 100,000 rows is under way: 30,019 done`
pub fn sentence(operation: &Operation) -> String {
    let (what, done) = (what(operation), grouped(&operation.done.to_string()));
    match operation.state {
        OperationState::Running => format!("{what} is under way: {done} done"),
        OperationState::Done => format!("{what} is done"),
        OperationState::Failed => {
            format!("{what} could not be finished: {done} are done and stay so, until they are undone")
        }
    }
}

/// In the app: says what is under way when the books are opened, and what became of it.
pub async fn watch(api: Arc<dyn Api>, poster: Poster) {
    let Ok(page) = api.list_running().await else {
        return;
    };
    for operation in page.items {
        poster.notify(format!("{}.", sentence(&operation)));
        let ended = ended(Arc::clone(&api), operation).await;
        poster.change(Told::new(LiveChanges {
            is_all: true,
            ..LiveChanges::default()
        }));
        poster.notify(format!("{}.", sentence(&ended)));
    }
}

/// Waits for the end of an operation; as it is then, or as it was last seen where the server cannot be asked.
pub async fn ended(api: Arc<dyn Api>, mut operation: Operation) -> Operation {
    while operation.state == OperationState::Running {
        sleep(LOOK).await;
        match api.get_operation(operation.id).await {
            Ok(now) => operation = now,
            Err(error) if error.is_passing() => {}
            Err(_) => break,
        }
    }
    operation
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use api::id::{OperationId, UserId};
    use serde_json::json;

    pub(crate) fn operation(kind: &str, state: &str, done: u64, total: u64) -> Operation {
        let text = json!({
            "id": OperationId::new(), "kind": kind, "state": state, "done": done, "total": total, "undoes": null,
            "by": UserId::new(), "client": "expense/0.1.0", "started_at": "2026-11-21T12:00:00Z",
            "updated_at": "2026-11-21T12:00:00Z", "from_the_future": true,
        });
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn an_operation_is_named_with_its_rows_and_how_far_it_is() {
        let said = |kind, state, done, total| sentence(&operation(kind, state, done, total));
        assert_eq!(
            said("undo", "running", 30_019, 100_000),
            "An undo of 100,000 rows is under way: 30,019 done"
        );
        assert_eq!(said("merge_payee", "done", 1, 1), "A merge of 1 row is done");
        assert_eq!(
            said("commit_import", "failed", 7, 9),
            "An import of 9 rows could not be finished: 7 are done and stay so, until they are undone"
        );
        assert_eq!(doing(&operation("from_the_future", "running", 0, 0)), "Working");
    }
}
