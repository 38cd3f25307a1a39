//! The server is killed between Enter and its reply, then the app is: both are started again, and the entry is there
//! once, whether it had arrived, lay in the outbox, or was still a line.

use std::time::Duration;
use tests::daemon::Household;
use tests::program::{block_on, eventually, pause};
use tests::relay::{Loss, Relay};
use tests::terminal::{ENTER, ESC};

const ROUNDS: u64 = 20;

/// How an entry came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Arrived,
    Outbox,
    Draft,
}

/// The same numbers in every run: a round that failed can be looked at again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn pause(&mut self, most_ms: u64) {
        pause(Duration::from_millis(self.below(most_ms)));
    }
}

fn count(house: &Household, payee: &str) -> usize {
    let page = block_on(async {
        house
            .server()
            .client()
            .get(&format!("expenses?q={payee}"))
            .await
            .ok(200)
    });
    page["items"].as_array().unwrap().len()
}

fn is_outbox_empty(house: &Household) -> bool {
    let files = std::fs::read_dir(house.home.state().join("outbox"));
    let mut names = files.into_iter().flatten().flatten().map(|file| file.path());
    !names.any(|path| path.extension().is_some_and(|extension| extension == "json"))
}

fn round(n: u64, house: &mut Household, relay: &Relay) -> Way {
    let mut random = Random(n);
    let payee = format!("round{n:02}");
    let line = format!("{n}.25 {payee}");
    let mut app = house.open();
    app.wait("live");
    app.wait_until("the lists", |screen| {
        let text = screen.contents();
        text.contains("No rows in") || text.contains("Spent ")
    });
    relay.lose([Loss::Nothing, Loss::Request, Loss::Answer][usize::try_from(random.below(3)).unwrap()]);
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send(&line);
    app.wait(&line);
    let known = relay.requests().len();
    app.send(ENTER);
    // In a third of the rounds at any moment, else once the request is on its way.
    if random.below(3) == 0 {
        random.pause(30);
    } else {
        relay.saw(known, "POST ", Duration::from_secs(20));
        random.pause(40);
    }
    house.kill_server();
    relay.lead(None);
    random.pause(40);
    app.signal("KILL");
    assert!(app.ended().signal.is_some());

    relay.lose(Loss::Nothing);
    relay.lead(Some(house.restart()));
    let had_arrived = count(house, &payee) == 1;
    let mut app = house.open();
    app.wait("live");
    eventually("what was left is sent", || is_outbox_empty(house));
    app.send("r");
    app.wait_quiet();
    let mut way = if had_arrived { Way::Arrived } else { Way::Outbox };
    app.send("a");
    if count(house, &payee) == 0 {
        way = Way::Draft;
        app.wait(&line);
        app.send(ENTER);
        app.wait(&format!("Saved {line}"));
    } else {
        // And it is not offered once more.
        app.wait("12.50 lunch #food");
        app.send(ESC);
    }
    app.wait_gone("12.50 lunch #food");
    app.wait(&payee);
    app.send("q");
    assert_eq!(app.ended().code, 0);
    assert_eq!(count(house, &payee), 1, "round {n} by {way:?}");
    way
}

#[test]
fn an_entry_survives_the_death_of_its_server_and_its_app_exactly_once() {
    let mut house = Household::served();
    let relay = Relay::to(house.server().address());
    house.home.set("EXPENSE_SERVER", &relay.url());
    let ways: Vec<Way> = (1..=ROUNDS).map(|n| round(n, &mut house, &relay)).collect();
    for way in [Way::Arrived, Way::Outbox] {
        assert!(ways.contains(&way), "no round was {way:?}: {ways:?}");
    }
    let page = block_on(async { house.server().client().get("expenses?limit=200").await.ok(200) });
    assert_eq!(
        page["items"].as_array().unwrap().len(),
        usize::try_from(ROUNDS).unwrap()
    );
}
