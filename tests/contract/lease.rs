//! A lease has one holder at a time, and outlives nobody.

use server::db::lease::{Lease, create_table};
use std::time::Duration;
use tests::db::TestDb;

const LONG: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_lease_has_one_holder_until_it_is_given_back() {
    let test = TestDb::empty().await;
    let db = test.connect().await;
    create_table(&db).await.unwrap();
    create_table(&db).await.unwrap();
    let (ana, ben) = (
        Lease::new(&db, "work", "ana", LONG),
        Lease::new(&db, "work", "ben", LONG),
    );
    assert!(ana.take().await.unwrap());
    assert!(!ben.take().await.unwrap());
    assert!(ana.take().await.unwrap(), "taking it again extends it");
    assert!(ana.renew().await.unwrap());
    ben.release().await.unwrap();
    assert!(!ben.take().await.unwrap(), "only the holder gives it back");
    assert!(Lease::new(&db, "other work", "ben", LONG).take().await.unwrap());
    ana.release().await.unwrap();
    assert!(ben.take().await.unwrap());
    assert!(!ana.renew().await.unwrap());
}

#[tokio::test]
async fn an_expired_lease_goes_to_the_next_and_its_holder_learns_of_it() {
    let test = TestDb::empty().await;
    let db = test.connect().await;
    create_table(&db).await.unwrap();
    let dead = Lease::new(&db, "work", "dead", Duration::ZERO);
    assert!(dead.take().await.unwrap());
    assert!(Lease::new(&db, "work", "next", LONG).take().await.unwrap());
    // Returns, since the lease was lost.
    dead.keep().await;
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_gets_it() {
    let test = TestDb::empty().await;
    let db = test.connect().await;
    create_table(&db).await.unwrap();
    let claims: Vec<_> = (0..8)
        .map(|n| Lease::new(&db, "work", format!("claimant {n}"), LONG))
        .collect();
    let outcomes = futures_util::future::join_all(claims.iter().map(Lease::take)).await;
    assert_eq!(
        outcomes
            .into_iter()
            .filter(|taken| *taken.as_ref().unwrap())
            .count(),
        1
    );
}
