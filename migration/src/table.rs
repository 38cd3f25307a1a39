//! How a step writes a table that is the same on SQLite and on MySQL: column types, the names of keys, one statement.
//! Landed steps stand on this file, so what it makes must not change; only add to it. No table is defined here.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary_len, binary_len_null, custom, custom_null, text, text_null};
use sea_orm_migration::sea_orm::DbBackend;

/// An id or another 16-byte value.
pub(crate) fn id(name: &'static str) -> ColumnDef {
    binary_len(name, 16)
}

pub(crate) fn id_null(name: &'static str) -> ColumnDef {
    binary_len_null(name, 16)
}

/// True for what the listed words allow; a closed set of words is the same on every database, an ENUM is not.
pub(crate) fn one_of(column: &'static str, words: &[&'static str]) -> Expr {
    Expr::col(column).is_in(words.iter().copied())
}

/// A dictionary row has a live name exactly while it is not deleted; the unique key on that name leaves tombstones out.
pub(crate) fn live_name_while_live() -> Expr {
    flag_goes_with(
        Expr::col("live_name").is_null(),
        Expr::col("live_name").is_not_null(),
    )
}

/// A tombstone says when it became one.
pub(crate) fn deleted_at_when_deleted() -> Expr {
    flag_goes_with(
        Expr::col("deleted_at").is_not_null(),
        Expr::col("deleted_at").is_null(),
    )
}

fn flag_goes_with(deleted: Expr, live: Expr) -> Expr {
    let gone = Expr::col("is_deleted").eq(true).and(deleted);
    gone.or(Expr::col("is_deleted").eq(false).and(live))
}

/// A table in the making. Key names carry the table's, since MySQL wants them unique in the whole database.
pub(crate) struct NewTable<'m, 'c> {
    manager: &'m SchemaManager<'c>,
    name: &'static str,
    statement: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

impl<'m, 'c> NewTable<'m, 'c> {
    pub(crate) fn named(manager: &'m SchemaManager<'c>, name: &'static str) -> Self {
        let mut statement = Table::create();
        statement.table(name).if_not_exists();
        if manager.get_database_backend() == DbBackend::MySql {
            statement
                .engine("InnoDB")
                .character_set("utf8mb4")
                .collate("utf8mb4_bin");
        }
        Self {
            manager,
            name,
            statement,
            indexes: Vec::new(),
        }
    }

    pub(crate) fn col(mut self, column: ColumnDef) -> Self {
        self.statement.col(column);
        self
    }

    /// A UTC instant with microseconds. SQLite keeps it as text that sorts as time does.
    pub(crate) fn instant(self, name: &'static str) -> Self {
        let column = if self.is_mysql() {
            custom(name, "datetime(6)")
        } else {
            text(name)
        };
        self.col(column)
    }

    pub(crate) fn instant_null(self, name: &'static str) -> Self {
        let column = if self.is_mysql() {
            custom_null(name, "datetime(6)")
        } else {
            text_null(name)
        };
        self.col(column)
    }

    /// Text beyond the 64 KiB of MySQL's `text`.
    pub(crate) fn long_text(self, name: &'static str) -> Self {
        let column = if self.is_mysql() {
            custom(name, "mediumtext")
        } else {
            text(name)
        };
        self.col(column)
    }

    pub(crate) fn long_text_null(self, name: &'static str) -> Self {
        let column = if self.is_mysql() {
            custom_null(name, "mediumtext")
        } else {
            text_null(name)
        };
        self.col(column)
    }

    pub(crate) fn primary_key(mut self, columns: &[&'static str]) -> Self {
        self.statement.primary_key(&mut index_over(columns));
        self
    }

    pub(crate) fn unique(mut self, key: &str, columns: &[&'static str]) -> Self {
        let name = format!("uq_{}_{key}", self.name);
        self.indexes.push(index_over(columns).name(name).unique().take());
        self
    }

    pub(crate) fn index(mut self, key: &str, columns: &[&'static str]) -> Self {
        let name = format!("ix_{}_{key}", self.name);
        self.indexes.push(index_over(columns).name(name).take());
        self
    }

    /// Foreign keys are declared here or never: SQLite cannot add one to a standing table.
    pub(crate) fn foreign_key(
        mut self,
        key: &str,
        columns: &[&'static str],
        other: &'static str,
        other_columns: &[&'static str],
    ) -> Self {
        let mut foreign = ForeignKey::create();
        foreign
            .name(format!("fk_{}_{key}", self.name))
            .from_tbl(self.name)
            .to_tbl(other);
        foreign
            .on_delete(ForeignKeyAction::Restrict)
            .on_update(ForeignKeyAction::Restrict);
        for column in columns {
            foreign.from_col(*column);
        }
        for column in other_columns {
            foreign.to_col(*column);
        }
        self.statement.foreign_key(&mut foreign);
        self
    }

    /// The row's ledger, which every table of a ledger points at.
    pub(crate) fn of_ledger(self) -> Self {
        self.foreign_key("ledger", &["ledger_id"], "ledger", &["id"])
    }

    pub(crate) fn check(mut self, key: &str, rule: Expr) -> Self {
        let name = Alias::new(format!("ck_{}_{key}", self.name));
        self.statement.check((name, rule));
        self
    }

    /// MySQL commits every statement by itself, so there the keys are part of the one that makes the table:
    /// either all of it exists or nothing does, and the step can run again.
    pub(crate) async fn create(mut self) -> Result<(), DbErr> {
        if self.is_mysql() {
            for index in &mut self.indexes {
                self.statement.index(index);
            }
            return self.manager.create_table(self.statement).await;
        }
        self.manager.create_table(self.statement).await?;
        for mut index in self.indexes {
            index.table(self.name).if_not_exists();
            self.manager.create_index(index).await?;
        }
        Ok(())
    }

    fn is_mysql(&self) -> bool {
        self.manager.get_database_backend() == DbBackend::MySql
    }
}

fn index_over(columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    for column in columns {
        index.col(*column);
    }
    index
}
