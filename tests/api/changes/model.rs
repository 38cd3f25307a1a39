//! The log against a model: random operations of two members over two servers, undos and redos among them, and after them
//! the lists, the reports, the history of every row and the replayed log all say what a few maps say. What is random is
//! drawn by proptest, which shrinks what fails to the few operations that matter.

mod compare;
mod state;
mod steps;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use steps::{Game, Step};
use tests::program::cases;
use tests::server::TestApp;
use tokio::runtime::Builder;

/// Operations of a case.
const STEPS: usize = 50;

#[test]
fn random_operations_undos_and_redos_leave_what_the_model_says() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let (app, other) = runtime.block_on(async {
        let app = TestApp::start().await;
        let other = Box::pin(app.another(|_| ())).await;
        (app, other)
    });
    let cases = cases(8, 200);
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let steps = proptest::collection::vec(any::<Step>(), STEPS);
    let done = runner.run(&steps, |steps| {
        let played: Result<(), String> = runtime.block_on(async {
            let mut game = Game::begin(&app, other.address).await;
            for step in &steps {
                game.play(step).await?;
            }
            game.compare(&app).await
        });
        played.map_err(TestCaseError::fail)
    });
    drop(runtime.block_on(async { other }));
    if let Err(error) = done {
        panic!("{error}");
    }
    println!("model: {cases} cases of {STEPS} operations");
}
