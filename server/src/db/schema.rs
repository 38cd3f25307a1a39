//! Describes the schema as the databases themselves report it, for docs/schema.md: a diagram, and the statements that
//! make every table. Nothing here is written by hand but the frame around it.

use super::lease;
use super::migrate::{self, MigrateError};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement};
use std::fmt::Write as _;

const INTRO: &str = "# Schema

Generated from freshly migrated databases by `tests/run --docs`; a test compares the two, so edit the migrations, not this page.

Every table of a ledger starts its key with `ledger_id`, and its foreign keys carry it too: a row can only point at rows of
its own ledger. Nothing cascades. Ids are UUIDv7 in 16 bytes, days are dates, instants are UTC with microseconds, money is a
count of the currency's minor unit. A `*_fold` column holds its neighbour without case and accents, for search; a `live_name` is
empty in deleted rows, so that the unique key on it lets a name be used again.
";

// Here and below, what a write into a String returns is dropped: it cannot fail.

/// What each table is for.
const PURPOSES: [(&str, &str); 25] = [
    ("user", "A person, or the one local owner of a private database."),
    (
        "token",
        "A session or an API token of a user, known only by its hash.",
    ),
    (
        "reset_code",
        "A code that lets a user choose a new password once, known only by its hash.",
    ),
    (
        "ledger",
        "One set of books. `rev` numbers its changes; `epoch` is renewed by a restore.",
    ),
    ("member", "A user in a ledger: owner, editor, adder or viewer."),
    ("category", "What money was spent on, at most two levels deep."),
    (
        "account",
        "What it was paid with: cash, card, bank, wallet or other.",
    ),
    ("payee", "Whom it went to; made on use."),
    ("tag", "A free word; made on use."),
    (
        "expense",
        "The row. The amount is positive, `kind` says what it does; a deleted row is kept for a while.",
    ),
    ("expense_tag", "Which tags an expense carries."),
    (
        "external_ref",
        "What was imported before, by the source's own id; outlives the expense.",
    ),
    (
        "change",
        "The one log: who changed a ledger, when and from where, without gaps.",
    ),
    (
        "change_row",
        "What a change did to one row: the row before and after it.",
    ),
    ("month_total", "Sums by month, category, kind and currency."),
    ("import", "A file that was read."),
    ("import_row", "One row of that file, and the verdict on it."),
    (
        "operation",
        "Long work of many changes, taken up again after a crash.",
    ),
    (
        "throttle",
        "How often signing in failed of late, by account and by address, counted for all servers.",
    ),
    (
        "audit",
        "What happened to users and what they did, other than to the rows of a ledger; only added to.",
    ),
    (
        "account_write",
        "The keys of writes to accounts and tokens, so that each happens once.",
    ),
    (
        "invite",
        "A code that makes somebody a member of a ledger, known only by its hash.",
    ),
    (
        "undo",
        "Which operation takes back which, so that each is taken back once and an undo can be undone.",
    ),
    (
        "setting",
        "Values of this database, such as the key that signs cursors.",
    ),
    (
        "lease",
        "A right that one server at a time holds, such as to migrate.",
    ),
];

/// The whole page. The diagram and SQLite's statements come from a database made in memory for this call;
/// MySQL's or MariaDB's only if one, migrated, is given.
pub async fn schema_markdown(mysql: Option<&DatabaseConnection>) -> Result<String, MigrateError> {
    let sqlite = Database::connect("sqlite::memory:").await?;
    migrate::up(&sqlite).await?;
    lease::create_table(&sqlite).await?;
    let tables = sqlite_tables(&sqlite).await?;
    let mut page = format!("{INTRO}\n## Tables\n\n| table | what it holds |\n|---|---|\n");
    for (table, purpose) in PURPOSES {
        let _ = writeln!(page, "| [{table}](#{table}) | {purpose} |");
    }
    let diagram = diagram(&sqlite, &tables).await?;
    let _ = write!(page, "\n## Diagram\n\n```mermaid\n{diagram}```\n\n## SQLite\n");
    for table in &tables {
        section(&mut page, &table.name, &table.sql);
    }
    if let Some(mysql) = mysql {
        lease::create_table(mysql).await?;
        page.push_str("\n## MySQL and MariaDB\n\nAs MariaDB prints them.\n");
        for table in &tables {
            section(
                &mut page,
                &table.name,
                &mysql_statement(mysql, &table.name).await?,
            );
        }
    }
    Ok(page)
}

struct Table {
    name: String,
    sql: String,
}

fn section(page: &mut String, table: &str, sql: &str) {
    let _ = write!(page, "\n### {table}\n\n```sql\n{sql}\n```\n");
}

async fn sqlite_tables(db: &DatabaseConnection) -> Result<Vec<Table>, DbErr> {
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                 AND name <> 'seaql_migrations' ORDER BY name";
    let mut tables = Vec::new();
    for row in query(db, names, None).await? {
        let name: String = row.try_get("", "name")?;
        let sql = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL \
                   ORDER BY type = 'index', name";
        let mut statements = Vec::new();
        for row in query(db, sql, Some(&name)).await? {
            statements.push(one_part_a_line(&row.try_get::<String>("", "sql")?));
        }
        tables.push(Table {
            name,
            sql: statements.join("\n"),
        });
    }
    Ok(tables)
}

/// `CREATE TABLE x (` on a line, then each column and key on its own; other statements stay as they are.
fn one_part_a_line(sql: &str) -> String {
    let Some((head, body)) = sql
        .split_once('(')
        .filter(|_| sql.starts_with("CREATE TABLE"))
        .map(|(head, body)| (head.trim(), body))
    else {
        return format!("{sql};");
    };
    let body = body.trim_end().strip_suffix(')').unwrap_or(body);
    format!("{head} (\n  {}\n);", top_level_parts(body).join(",\n  "))
}

fn top_level_parts(body: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for character in body.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

async fn mysql_statement(db: &DatabaseConnection, table: &str) -> Result<String, DbErr> {
    let row = query(db, &format!("SHOW CREATE TABLE `{table}`"), None)
        .await?
        .into_iter()
        .next();
    let sql: String = row
        .ok_or_else(|| DbErr::RecordNotFound(table.to_owned()))?
        .try_get("", "Create Table")?;
    Ok(format!("{};", in_every_servers_words(&sql)))
}

/// Display widths of integers and the default action of a foreign key are printed by some versions and not by others.
fn in_every_servers_words(sql: &str) -> String {
    let mut sql = sql.to_owned();
    for (printed, common) in [
        ("bigint(20)", "bigint"),
        ("smallint(6)", "smallint"),
        ("int(11)", "int"),
        (" ON DELETE RESTRICT", ""),
        (" ON UPDATE RESTRICT", ""),
    ] {
        sql = sql.replace(printed, common);
    }
    sql
}

async fn diagram(db: &DatabaseConnection, tables: &[Table]) -> Result<String, DbErr> {
    let mut text = String::from("erDiagram\n");
    for Table { name, .. } in tables {
        let keys = foreign_keys(db, name).await?;
        let _ = writeln!(text, "  {name} {{");
        for column in query(
            db,
            "SELECT name, type, pk, \"notnull\" FROM pragma_table_info(?)",
            Some(name),
        )
        .await?
        {
            let column_name: String = column.try_get("", "name")?;
            let is_primary = column.try_get::<i32>("", "pk")? > 0;
            let is_foreign = keys.iter().any(|key| key.columns.contains(&column_name));
            let marks = match (is_primary, is_foreign) {
                (true, true) => " PK, FK",
                (true, false) => " PK",
                (false, true) => " FK",
                (false, false) => "",
            };
            let note = if column.try_get::<i32>("", "notnull")? == 0 {
                " \"may be empty\""
            } else {
                ""
            };
            let kind = column.try_get::<String>("", "type")?.to_lowercase();
            let _ = writeln!(text, "    {kind} {column_name}{marks}{note}");
        }
        text.push_str("  }\n");
        for key in keys {
            let end = if key.may_be_empty { "o|" } else { "||" };
            let label = key.columns.last().map_or("", String::as_str);
            let _ = writeln!(text, "  {name} }}o--{end} {} : {label}", key.table);
        }
    }
    Ok(text)
}

struct ForeignKey {
    table: String,
    columns: Vec<String>,
    may_be_empty: bool,
}

async fn foreign_keys(db: &DatabaseConnection, table: &str) -> Result<Vec<ForeignKey>, DbErr> {
    let sql = "SELECT f.id, f.\"table\" AS other, f.\"from\" AS own, c.\"notnull\" AS required \
               FROM pragma_foreign_key_list(?1) f JOIN pragma_table_info(?1) c ON c.name = f.\"from\" \
               ORDER BY f.id DESC, f.seq";
    let mut keys: Vec<(i32, ForeignKey)> = Vec::new();
    for row in query(db, sql, Some(table)).await? {
        let id: i32 = row.try_get("", "id")?;
        if keys.last().is_none_or(|(last, _)| *last != id) {
            let other = row.try_get("", "other")?;
            keys.push((
                id,
                ForeignKey {
                    table: other,
                    columns: Vec::new(),
                    may_be_empty: false,
                },
            ));
        }
        if let Some((_, key)) = keys.last_mut() {
            key.columns.push(row.try_get("", "own")?);
            key.may_be_empty |= row.try_get::<i32>("", "required")? == 0;
        }
    }
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

async fn query(db: &DatabaseConnection, sql: &str, value: Option<&str>) -> Result<Vec<QueryResult>, DbErr> {
    let backend: DbBackend = db.get_database_backend();
    let values: Vec<sea_orm::Value> = value.map(Into::into).into_iter().collect();
    db.query_all_raw(Statement::from_sql_and_values(backend, sql, values))
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_table_is_printed_one_part_a_line_and_a_comma_in_brackets_does_not_break_it() {
        let sql = "CREATE TABLE \"a\" ( \"x\" real(3, 2), PRIMARY KEY (\"x\", \"y\") )";
        let printed = "CREATE TABLE \"a\" (\n  \"x\" real(3, 2),\n  PRIMARY KEY (\"x\", \"y\")\n);";
        assert_eq!(one_part_a_line(sql), printed);
        assert_eq!(
            one_part_a_line("CREATE INDEX i ON a (x, y)"),
            "CREATE INDEX i ON a (x, y);"
        );
    }

    #[tokio::test]
    async fn the_page_has_a_diagram_and_every_table_but_the_migrators_own() {
        let page = schema_markdown(None).await.unwrap();
        assert!(page.contains("  expense }o--o| category : category_id"), "{page}");
        assert!(page.contains("  expense }o--|| ledger : ledger_id"), "{page}");
        let listed: BTreeSet<_> = PURPOSES.iter().map(|(table, _)| *table).collect();
        let made: BTreeSet<_> = page
            .lines()
            .filter_map(|line| line.strip_prefix("### "))
            .collect();
        assert_eq!(listed, made, "every table says what it is for");
        assert!(!page.contains("seaql_migrations"), "{page}");
    }
}
