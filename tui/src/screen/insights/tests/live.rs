//! What others do is in the sums, without a key and without a load for each of a burst.

use super::*;
use crate::fx::Change;
use crate::live::samples::{added, elsewhere};

#[test]
fn sums_follow_what_others_do_and_a_burst_is_one_question_and_one_more() {
    let fake = fake();
    let mut app = open(&fake);
    let asked = || fake.requests_of("report_compare").len();
    let before = asked();
    assert!(app.screen().contains("900.00"), "{}", app.screen());
    let mut raised = november();
    raised.rows[0].totals = share(eur(95_000), 4_885);
    fake.on("report_compare", &raised);
    for _ in 0..200 {
        app.poster()
            .change(Change::new(elsewhere(vec![added("50.00 EUR Landlord")])));
    }
    app.settle();
    assert!(app.screen().contains("950.00"), "{}", app.screen());
    assert!(
        (1..=3).contains(&(asked() - before)),
        "{} questions",
        asked() - before
    );
}
