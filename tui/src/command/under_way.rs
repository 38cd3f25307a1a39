//! Long work and the commands: waiting for what a command began, with progress; carrying on what an earlier run left
//! behind; and saying what stays where a command is interrupted.

use super::progress::Progress;
use super::{Context, Failure};
use crate::client::{Api, ClientError, Reply};
use crate::under_way::{doing, sentence};
use api::id::OperationId;
use api::operation::{Operation, OperationState};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(300);
/// After so long without a step it is not waited for any longer.
const STUCK: Duration = Duration::from_mins(1);
/// How long a command asks what is under way before it does its own work.
const QUICK: Duration = Duration::from_secs(2);
/// How long an interrupted command asks what it leaves behind.
const FAREWELL: Duration = Duration::from_secs(1);

/// Waits for the answer to a request that may begin an operation, and tells how far that is meanwhile.
pub(super) async fn told<T>(
    context: &mut Context,
    is_it: impl Fn(&Operation) -> bool,
    mut work: Reply<T>,
) -> Result<T, ClientError> {
    let quiet = context.quiet.clone();
    let mut progress = None;
    loop {
        let look = async {
            sleep(LOOK).await;
            quiet.list_running().await
        };
        tokio::select! {
            biased;
            done = &mut work => {
                context.out.erase();
                return done;
            }
            page = look => {
                let running = page.map(|page| page.items).unwrap_or_default();
                if let Some(operation) = running.iter().find(|operation| is_it(operation)) {
                    tell(context, &mut progress, operation);
                }
            }
        }
    }
}

fn tell(context: &mut Context, progress: &mut Option<Progress>, operation: &Operation) {
    let progress = progress.get_or_insert_with(|| Progress::of(doing(operation)));
    let far = (operation.done, operation.total);
    progress.tell(&mut context.out, far, Instant::now());
}

/// Waits for an operation to end, and tells how far it is meanwhile.
async fn ended(context: &mut Context, mut operation: Operation) -> Result<Operation, Failure> {
    let quiet = context.quiet.clone();
    let mut progress = None;
    let mut moved = Instant::now();
    while operation.state == OperationState::Running {
        if moved.elapsed() > STUCK {
            context.out.erase();
            return Err(Failure::Failed(format!(
                "{}, and does not go on - look again later",
                sentence(&operation)
            )));
        }
        tell(context, &mut progress, &operation);
        sleep(LOOK).await;
        let now = quiet.get_operation(operation.id).await?;
        if now.done != operation.done {
            moved = Instant::now();
        }
        operation = now;
    }
    context.out.erase();
    Ok(operation)
}

/// Waits for an operation whose request was answered before its end, and fails where it failed.
pub(super) async fn finished(context: &mut Context, id: OperationId) -> Result<(), Failure> {
    let operation = context.quiet.get_operation(id).await?;
    let operation = ended(context, operation).await?;
    match operation.state {
        OperationState::Failed => Err(Failure::Failed(sentence(&operation))),
        OperationState::Done | OperationState::Running => Ok(()),
    }
}

/// Before a command does its own work: names what is under way in the book. What an earlier run left behind in the book
/// of this machine goes on in this process, and is waited for; a server carries it on by itself.
pub(super) async fn before(context: &mut Context) -> Vec<Operation> {
    // Who may not see it is told nothing; a server that knows no operations has none to tell of; and one that is slow
    // or away is the command's own to wait for.
    let Ok(Ok(page)) = timeout(QUICK, context.quiet.list_running()).await else {
        return Vec::new();
    };
    for operation in &page.items {
        if !context.is_local {
            context.out.say(&format!("{}.", sentence(operation)));
            continue;
        }
        let said = format!("{}. It is carried on.", sentence(operation));
        context.out.say(&said);
        let said = match ended(context, operation.clone()).await {
            Ok(operation) => sentence(&operation),
            // What the command is for is done all the same.
            Err(error) => error.to_string(),
        };
        context.out.say(&format!("{said}."));
    }
    page.items
}

/// Once a command was interrupted: what stays, and how it goes on.
pub(super) async fn left_behind(context: &mut Context) {
    for line in left(&context.quiet, context.is_local).await {
        context.out.say(&line);
    }
}

/// What is under way when a program ends, a line each.
pub(super) async fn left(api: &Arc<dyn Api>, is_local: bool) -> Vec<String> {
    let running = timeout(FAREWELL, api.list_running()).await;
    let running = running.ok().and_then(Result::ok).map(|page| page.items);
    let goes_on = if is_local {
        "any `expense` command, or the app, carries it on"
    } else {
        "the server carries it on"
    };
    let said = |operation| format!("{}. What is done stays; {goes_on}.", sentence(operation));
    running.unwrap_or_default().iter().map(said).collect()
}
