//! The access matrix: every operation of the document, as every caller, on what is theirs, somebody else's, somebody
//! else's named in a body, and not there. What is expected stands in docs/access.md, which only people write.

use api::id::new_uuid;
use serde_json::{Value, json};
use server::clock::Clock;
use server::http::examples::{EXAMPLE_ID, EXAMPLE_INVITE};
use std::collections::BTreeMap;
use tests::client::{Answer, Http};
use tests::house::{ADDERS_ID, Abroad, FOREIGN_ID, House, Who, fingerprint};
use tests::program::is_long_run;
use tests::sample::{Sample, samples};
use tests::server::TestApp;
use tests::snapshot::Snapshot;
use uuid::Uuid;

/// A row of docs/access.md.
#[derive(Debug, Clone)]
struct Row {
    scopes: Vec<String>,
    /// By role, or under `who` for what is beside the ledgers.
    cells: BTreeMap<&'static str, String>,
}

fn table() -> BTreeMap<String, Row> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/access.md");
    let page = std::fs::read_to_string(page).expect("docs/access.md");
    let mut rows = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let names: &[&'static str] = match cells.len() {
            6 => &["owner", "editor", "viewer", "adder"],
            3 => &["who"],
            _ => panic!("a row of {} cells: {line}", cells.len()),
        };
        let row = Row {
            scopes: cells[1]
                .split(',')
                .map(|scope| scope.trim().to_owned())
                .filter(|scope| !scope.is_empty())
                .collect(),
            cells: names
                .iter()
                .copied()
                .zip(cells[2..].iter().map(|cell| (*cell).to_owned()))
                .collect(),
        };
        let known = rows.insert(cells[0].trim_matches('`').to_owned(), row);
        assert!(known.is_none(), "two rows: {line}");
    }
    rows
}

/// What a cell says must come of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It is done.
    Done,
    /// It is done, with one's own rows only.
    Own,
    Unauthenticated,
    Forbidden,
    NotFound,
}

/// What is expected of a caller on what is theirs.
fn expected(row: &Row, who: Who) -> Verdict {
    if row.cells.get("who").is_some_and(|who| who == "anybody") {
        return Verdict::Done;
    }
    let scope_is_held = |held: &str| {
        row.scopes.is_empty()
            || row.scopes.iter().any(|wanted| {
                wanted == held || (held == "write" && matches!(wanted.as_str(), "read" | "add"))
            })
    };
    let role = match who {
        Who::NoToken | Who::Expired | Who::Revoked | Who::Disabled => return Verdict::Unauthenticated,
        Who::Scope(scope) if !scope_is_held(scope) => return Verdict::Forbidden,
        Who::Scope(_) => "owner",
        Who::Role(role) => role,
        Who::Invited | Who::Removed | Who::Stranger | Who::Admin => {
            return match row.cells.get("who").map(String::as_str) {
                None => Verdict::NotFound,
                Some("admin") if who != Who::Admin => Verdict::Forbidden,
                Some(_) => Verdict::Done,
            };
        }
    };
    match row
        .cells
        .get("who")
        .or_else(|| row.cells.get(role))
        .map(String::as_str)
    {
        Some("yes" | "person") => Verdict::Done,
        Some("own") => Verdict::Own,
        Some("no" | "admin") => Verdict::Forbidden,
        other => panic!("what is {other:?}?"),
    }
}

/// Who is made by the examples.
const NEW_NAMES: [&str; 2] = ["ben.keller", "cleo.keller"];

/// What a call is aimed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Own,
    /// Of the same ledger, recorded by somebody else.
    OtherMembers,
    /// An id of somebody else's ledger, from one's own.
    Foreign,
    /// Somebody else's ledger.
    Abroad,
    /// An id that nothing has.
    Missing,
    /// A ledger that there is not.
    Nowhere,
}

struct Matrix {
    app: TestApp,
    abroad: Abroad,
    house: House,
    cells: usize,
    wrong: Vec<String>,
    /// Of the database as it is at the beginning of each cell.
    print: String,
    snapshot: Snapshot,
}

impl Matrix {
    async fn new() -> Self {
        let app = TestApp::start_with(Clock::system(), |config| config.auth.open_sign_up = true).await;
        let abroad = Abroad::new(&app).await;
        let house = House::new(&app, &abroad).await;
        let print = fingerprint(&app).await;
        let snapshot = Snapshot::take(app.connection()).await;
        Self {
            print,
            snapshot,
            app,
            abroad,
            house,
            cells: 0,
            wrong: Vec::new(),
        }
    }

    /// The call of an operation on a target, as somebody, with a body in place of the example's.
    async fn call(&self, sample: &Sample, who: Who, target: Target, body: Option<&Value>) -> Answer {
        let is_adder = who == Who::Role("adder");
        let template = &sample.operation.template;
        let spare = self
            .house
            .spare_token(who)
            .filter(|_| template.contains("{token}"));
        let own = match spare {
            Some(token) => token.to_string(),
            None if is_adder && template.contains("/expenses") => ADDERS_ID.to_owned(),
            None => EXAMPLE_ID.to_owned(),
        };
        // The token abroad is the stranger's own; what is foreign to them is the owner's.
        let foreign = if who == Who::Stranger && spare.is_some() {
            EXAMPLE_ID
        } else {
            FOREIGN_ID
        };
        let (ledger, id) = match target {
            Target::Own => (self.house.ledger_id, own),
            Target::OtherMembers => (self.house.ledger_id, EXAMPLE_ID.to_owned()),
            Target::Foreign => (self.house.ledger_id, foreign.to_owned()),
            Target::Abroad => (self.abroad.ledger_id, FOREIGN_ID.to_owned()),
            Target::Missing => (self.house.ledger_id, new_uuid().to_string()),
            Target::Nowhere => (new_uuid(), EXAMPLE_ID.to_owned()),
        };
        let mut sample = sample.clone();
        if let Some(sent) = &mut sample.body {
            if let Some(body) = body {
                sent.text = body.to_string();
            }
            let invite = if who == Who::Stranger {
                &self.house.invite_home
            } else {
                &self.house.invite
            };
            sent.text = sent.text.replace(EXAMPLE_INVITE, invite);
            if matches!(sample.operation.id.as_str(), "sign_up" | "create_user") {
                // Of each name there is one.
                let name = format!("n{:014x}", new_uuid().as_u128() & 0xff_ffff_ffff_ffff);
                sent.text = sent
                    .text
                    .replace(NEW_NAMES[0], &name)
                    .replace(NEW_NAMES[1], &name);
            }
            if let (Who::Scope(scope), "create_token") = (who, sample.operation.id.as_str()) {
                // A token makes none that may more than itself.
                sent.text = sent.text.replace("\"add\"", &format!("\"{scope}\""));
            }
            if target != Target::OtherMembers && is_adder {
                sent.text = sent.text.replace(EXAMPLE_ID, ADDERS_ID);
            }
        }
        let ledger = ledger.to_string();
        let http = self.house.client(who);
        let call = sample.call(http, &ledger, &id);
        if !sample.takes_if_match {
            return call.await;
        }
        let path = sample.path(&ledger, &id);
        let read = ["/restore", "/merge", "/reassign", "/commit"]
            .into_iter()
            .find_map(|verb| path.strip_suffix(verb));
        // What is of no ledger is everybody's own.
        let reader = if sample.is_of_a_ledger() {
            self.house.client(Who::Role("owner"))
        } else {
            http
        };
        let read = reader.get(read.unwrap_or(&path)).await;
        call.if_match(read.header("etag").unwrap_or("\"1\"")).await
    }

    /// Looks at one cell. Afterwards the house is as it was.
    async fn cell(
        &mut self,
        sample: &Sample,
        who: Who,
        target: Target,
        body: Option<&Value>,
        wanted: Verdict,
    ) -> Answer {
        self.cells += 1;
        let answer = self.call(sample, who, target, body).await;
        let is_right = match wanted {
            Verdict::Done | Verdict::Own => answer.status == sample.success,
            Verdict::Unauthenticated => is(&answer, 401, "unauthenticated"),
            Verdict::Forbidden => is(&answer, 403, "forbidden"),
            Verdict::NotFound => is(&answer, 404, "not-found"),
        };
        if !is_right {
            self.wrong.push(format!(
                "{who:?} {target:?} {}: wanted {wanted:?}, got {answer:?}",
                sample.operation.id
            ));
        }
        let is_changed = fingerprint(&self.app).await != self.print;
        if answer.status >= 400 && is_changed {
            self.wrong.push(format!(
                "{who:?} {target:?} {}: refused, and yet something changed",
                sample.operation.id
            ));
        }
        if is_changed {
            self.put_back().await;
        }
        answer
    }

    async fn put_back(&self) {
        self.snapshot.put_back(self.app.connection()).await;
        assert_eq!(fingerprint(&self.app).await, self.print, "it is not as it was");
    }

    /// A cell that names somebody else's thing in its body: refused as the caller is, else as something unknown.
    async fn mixed(&mut self, sample: &Sample, who: Who, body: &Value, verdict: Verdict) {
        if !matches!(verdict, Verdict::Done | Verdict::Own) {
            self.cell(sample, who, Target::Own, Some(body), verdict).await;
            return;
        }
        self.cells += 1;
        let answer = self.call(sample, who, Target::Own, Some(body)).await;
        if !matches!(answer.status, 404 | 409 | 422) {
            self.wrong
                .push(format!("{who:?} {}: {body} gave {answer:?}", sample.operation.id));
        }
        if fingerprint(&self.app).await != self.print {
            self.wrong.push(format!(
                "{who:?} {}: {body} changed something",
                sample.operation.id
            ));
            self.put_back().await;
        }
    }

    fn end(self) -> usize {
        assert!(
            self.wrong.is_empty(),
            "{} of {} cells:\n{}",
            self.wrong.len(),
            self.cells,
            self.wrong.join("\n")
        );
        self.cells
    }
}

fn is(answer: &Answer, status: u16, code: &str) -> bool {
    answer.status == status && answer.json["code"] == code
}

/// Bodies that name something of another ledger, by operation.
fn mixed_bodies(id: &str, abroad: Uuid) -> Vec<Value> {
    let row = |field: &str| {
        let mut row = json!({ "date": "2026-11-21", "amount": "1.00" });
        row[field] = FOREIGN_ID.into();
        row
    };
    let transfer =
        json!({ "date": "2026-11-21", "amount": "1.00", "kind": "transfer", "to_account_id": FOREIGN_ID });
    match id {
        "create_expense" => vec![row("category_id"), row("account_id"), row("paid_by"), transfer],
        "update_expense" => ["category_id", "account_id", "paid_by"]
            .iter()
            .map(|field| json!({ *field: FOREIGN_ID }))
            .collect(),
        "batch_expenses" => vec![
            json!({ "operations": [{ "op": "create", "expense": row("category_id") }] }),
            json!({ "operations": [{ "op": "update", "id": FOREIGN_ID, "patch": { "note": "x" } }] }),
            json!({ "operations": [{ "op": "delete", "id": FOREIGN_ID }] }),
            json!({ "operations": [{ "op": "restore", "id": FOREIGN_ID }] }),
        ],
        "update_day" => vec![
            json!({ "rows": [{ "id": FOREIGN_ID, "amount": "1.00" }] }),
            json!({ "rows": [{ "amount": "1.00", "category_id": FOREIGN_ID }] }),
        ],
        "create_category" => vec![json!({ "name": "Mixed", "parent_id": FOREIGN_ID })],
        "update_category" => vec![json!({ "parent_id": FOREIGN_ID })],
        "merge_category" | "merge_account" | "merge_payee" | "merge_tag" => {
            vec![json!({ "into_id": FOREIGN_ID })]
        }
        "reassign_category" => vec![json!({ "to_id": FOREIGN_ID })],
        "create_token" => vec![json!({ "name": "x", "scopes": ["account"], "ledger_ids": [abroad] })],
        "update_me" => vec![json!({ "default_ledger_id": abroad })],
        _ => Vec::new(),
    }
}

/// What names things in its body, so that a new operation that does is not forgotten.
fn names_things(sample: &Sample) -> bool {
    sample
        .body
        .as_ref()
        .is_some_and(|body| body.text.contains("_id\"") || body.text.contains(EXAMPLE_ID))
}

#[tokio::test]
async fn every_operation_as_every_caller_on_every_target() {
    let table = table();
    let mut matrix = Matrix::new().await;
    let all = samples(&server::http::document(&matrix.app.state).unwrap());
    let known: Vec<&str> = all.iter().map(|sample| sample.operation.id.as_str()).collect();
    let without: Vec<&&str> = known.iter().filter(|id| !table.contains_key(**id)).collect();
    assert!(without.is_empty(), "no row in docs/access.md: {without:?}");
    let stale: Vec<&String> = table.keys().filter(|id| !known.contains(&id.as_str())).collect();
    assert!(
        stale.is_empty(),
        "rows of docs/access.md without an operation: {stale:?}"
    );
    // All of them take a minute and more; where there is no time for that, every third, other ones from day to day.
    let (step, first) = if is_long_run() {
        (1, 0)
    } else {
        let day = matrix.app.state.clock.now().timestamp() / 86_400;
        (3, usize::try_from(day).unwrap_or(0) % 3)
    };
    for (n, sample) in all.iter().enumerate() {
        let row = &table[&sample.operation.id];
        if n % step != first {
            // Nobody gets in without a token on any day.
            if expected(row, Who::NoToken) == Verdict::Unauthenticated {
                matrix
                    .cell(sample, Who::NoToken, Target::Own, None, Verdict::Unauthenticated)
                    .await;
            }
            continue;
        }
        assert_eq!(
            row.cells.contains_key("who"),
            !sample.is_of_a_ledger(),
            "{}",
            sample.operation.id
        );
        let bodies = mixed_bodies(&sample.operation.id, matrix.abroad.ledger_id);
        assert!(
            !bodies.is_empty() || !names_things(sample),
            "no mixed bodies for {}",
            sample.operation.id
        );
        let items = sample.operation.template.matches('{').count() - usize::from(sample.is_of_a_ledger());
        let has_id = items > 0 && !sample.operation.template.contains("{date}");
        for who in Who::ALL {
            let verdict = expected(row, who);
            matrix.cell(sample, who, Target::Own, None, verdict).await;
            let is_let_in = matches!(verdict, Verdict::Done | Verdict::Own);
            let refused = if is_let_in { Verdict::NotFound } else { verdict };
            // People are nobody's: who may see one may see all.
            let is_of_somebody = !sample.operation.template.starts_with("/v1/users/");
            if has_id && !is_of_somebody {
                matrix.cell(sample, who, Target::Missing, None, refused).await;
            }
            if has_id && is_of_somebody {
                let foreign = matrix.cell(sample, who, Target::Foreign, None, refused).await;
                let missing = matrix.cell(sample, who, Target::Missing, None, refused).await;
                same_bytes(&mut matrix, sample, who, &foreign, &missing);
            }
            if has_id && verdict == Verdict::Own {
                matrix
                    .cell(sample, who, Target::OtherMembers, None, Verdict::NotFound)
                    .await;
            }
            if sample.is_of_a_ledger() && who != Who::Stranger {
                // Not even the scope is looked at where there is nothing to see.
                let refused = if verdict == Verdict::Unauthenticated {
                    verdict
                } else {
                    Verdict::NotFound
                };
                let abroad = matrix.cell(sample, who, Target::Abroad, None, refused).await;
                let nowhere = matrix.cell(sample, who, Target::Nowhere, None, refused).await;
                same_bytes(&mut matrix, sample, who, &abroad, &nowhere);
            }
            // What is abroad to others is home to the stranger.
            let abroad = match who {
                Who::Stranger => matrix.house.ledger_id,
                _ => matrix.abroad.ledger_id,
            };
            for body in mixed_bodies(&sample.operation.id, abroad) {
                matrix.mixed(sample, who, &body, verdict).await;
            }
        }
    }
    println!("access matrix: {} cells", matrix.end());
}

fn same_bytes(matrix: &mut Matrix, sample: &Sample, who: Who, one: &Answer, other: &Answer) {
    let bare = |answer: &Answer| {
        let mut json = answer.json.clone();
        json["request_id"] = Value::Null;
        (answer.status, json)
    };
    if bare(one) != bare(other) {
        matrix.wrong.push(format!(
            "{who:?} {}: {one:?} differs from {other:?}",
            sample.operation.id
        ));
    }
}

/// What an adder sees of the book beside its rows: nothing that tells of others.
#[tokio::test]
async fn what_an_adder_sees_shows_only_its_own() {
    let app = TestApp::start().await;
    let abroad = Abroad::new(&app).await;
    let house = House::new(&app, &abroad).await;
    let http: Http = house.client(Who::Role("adder")).in_ledger(house.ledger_id);
    let listed = http.get("expenses?include_deleted=true&limit=200").await.ok(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    for filter in [
        "q=before",
        "payee=before",
        "min=12",
        "category=Food",
        "account=Card",
        "kind=expense&min=2",
    ] {
        let listed = http.get(&format!("expenses?{filter}")).await.ok(200);
        let ids: Vec<_> = listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].clone())
            .collect();
        assert!(ids.iter().all(|id| id == ADDERS_ID), "{filter}: {listed}");
    }
    for sums in [
        "reports/summary",
        "reports/by-payee",
        "reports/compare?from=2026-11-01&to=2026-11-30",
        "imports",
    ] {
        http.get(sums).await.refused(403, "forbidden");
    }
    let import = format!("imports/{EXAMPLE_ID}");
    http.get(&import).await.refused(403, "forbidden");
    http.get(&format!("{import}/rows"))
        .await
        .refused(403, "forbidden");
    // The ETag of a day would tell when others write.
    let day = http.get("days/2026-11-21").await.refused(403, "forbidden");
    assert_eq!(day.header("etag"), None);
}
