//! How soon the first frame is there, whatever the book holds.

use std::time::Duration;
use tests::daemon::Household;

const RUNS: usize = 5;

fn first_frame(house: &Household) -> Duration {
    let mut app = house.open();
    let after = app.first_frame().after;
    app.wait("Spent ");
    app.send("q");
    assert_eq!(app.ended().code, 0);
    after
}

#[test]
fn the_first_frame_of_100_000_rows_takes_no_longer_than_twice_that_of_100() {
    let [small, large] = [100, 100_000].map(|rows| {
        let house = Household::new();
        house.fill(rows);
        house
    });
    let (mut of_small, mut of_large) = (Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        of_small = of_small.min(first_frame(&small));
        of_large = of_large.min(first_frame(&large));
    }
    assert!(
        of_large <= of_small * 2,
        "100 rows: {of_small:?}, 100,000 rows: {of_large:?}"
    );
}
