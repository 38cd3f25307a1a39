//! What a database error means for the unit of work: try again, go elsewhere, tell the caller, or give up.
//! The one place that reads error numbers; a test names each of them.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// What to do about a database error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Two transactions met. Run the whole closure again.
    Conflict,
    /// This connection, or the server behind it, is no good. Close it and go to the next address.
    Endpoint,
    /// A unique key is taken.
    Unique,
    /// A foreign key points nowhere, or something still points here.
    ForeignKey,
    /// The disk under the database does not do its work. The caller is told at once which way; it may heal.
    Storage(StorageFault),
    /// Not to be mended by trying again.
    Fatal,
}

/// What is the matter with the disk or the file under the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageFault {
    /// There is no room left.
    Full,
    /// It may be read and not written.
    ReadOnly,
    /// Reading or writing failed.
    Io,
    /// What is there is not a database, or a broken one.
    Damaged,
}

/// Classifies an error of either database.
pub fn classify(error: &DbErr) -> Class {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => return Class::Unique,
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => return Class::ForeignKey,
        _ => {}
    }
    match error {
        DbErr::ConnectionAcquire(_) => Class::Endpoint,
        DbErr::Conn(RuntimeErr::SqlxError(inner))
        | DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner)) => classify_sqlx(inner),
        _ => Class::Fatal,
    }
}

fn classify_sqlx(error: &sqlx::Error) -> Class {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Class::Endpoint,
        sqlx::Error::Database(error) => {
            if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
                classify_mysql(error.number())
            } else {
                error
                    .code()
                    .and_then(|code| code.parse().ok())
                    .map_or(Class::Fatal, classify_sqlite)
            }
        }
        _ => Class::Fatal,
    }
}

/// The number that SQLite gives an error, without what it adds to say where.
pub(super) fn sqlite_code(error: &DbErr) -> Option<i32> {
    let (DbErr::Conn(RuntimeErr::SqlxError(inner))
    | DbErr::Exec(RuntimeErr::SqlxError(inner))
    | DbErr::Query(RuntimeErr::SqlxError(inner))) = error
    else {
        return None;
    };
    let error = inner.as_database_error()?;
    let is_mysql = error
        .try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
        .is_some();
    let code: i32 = error.code().filter(|_| !is_mysql)?.parse().ok()?;
    Some(code & 0xff)
}

/// MySQL, MariaDB, Galera, Group Replication and TiDB error numbers.
fn classify_mysql(number: u16) -> Class {
    match number {
        // Deadlock, lock wait, snapshot too old, certification, commit refused; TiDB: conflicts and changed schema.
        1213 | 1205 | 1020 | 3101 | 1180 | 8002 | 8005 | 8022 | 8028 | 9007 => Class::Conflict,
        // Not primary, read-only, shutting down, killed, gone, lost, too many connections, statement timeouts.
        1047 | 1290 | 1053 | 1836 | 1927 | 1040 | 1158 | 1159 | 1160 | 1161 | 2002 | 2003 | 2006 | 2013
        | 1317 | 1969 | 3024 => Class::Endpoint,
        1062 | 1586 => Class::Unique,
        1451 | 1452 => Class::ForeignKey,
        1021 | 1114 => Class::Storage(StorageFault::Full),
        1036 => Class::Storage(StorageFault::ReadOnly),
        // What the storage engine or the server says of a file: EE_WRITE, ER_ERROR_ON_WRITE, ER_GET_ERRNO.
        3 | 1026 | 1030 => Class::Storage(StorageFault::Io),
        _ => Class::Fatal,
    }
}

/// SQLite result codes, primary and extended.
fn classify_sqlite(code: i32) -> Class {
    match code {
        1555 | 2067 => Class::Unique,
        787 => Class::ForeignKey,
        _ => match code & 0xff {
            5 | 6 => Class::Conflict,
            8 => Class::Storage(StorageFault::ReadOnly),
            10 => Class::Storage(StorageFault::Io),
            11 | 26 => Class::Storage(StorageFault::Damaged),
            13 => Class::Storage(StorageFault::Full),
            14 => Class::Endpoint,
            _ => Class::Fatal,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mysql_number_has_its_class() {
        for (class, numbers) in [
            (
                Class::Conflict,
                &[1213, 1205, 1020, 3101, 1180, 8002, 8005, 8022, 8028, 9007][..],
            ),
            (Class::Endpoint, &[1047, 1290, 1053, 2002, 2003, 2006, 2013, 1040]),
            (Class::Unique, &[1062]),
            (Class::ForeignKey, &[1451, 1452]),
            (Class::Storage(StorageFault::Full), &[1021, 1114]),
            (Class::Storage(StorageFault::ReadOnly), &[1036]),
            (Class::Storage(StorageFault::Io), &[3, 1026, 1030]),
            (Class::Fatal, &[1064, 1406, 1264, 3819, 4025]),
        ] {
            for number in numbers {
                assert_eq!(classify_mysql(*number), class, "{number}");
            }
        }
    }

    #[test]
    fn each_sqlite_code_has_its_class() {
        for (class, codes) in [
            (Class::Conflict, &[5, 6, 517, 261][..]),
            (Class::Unique, &[1555, 2067]),
            (Class::ForeignKey, &[787]),
            (Class::Storage(StorageFault::Full), &[13]),
            (Class::Storage(StorageFault::ReadOnly), &[8, 1032, 1544]),
            (Class::Storage(StorageFault::Io), &[10, 266, 778, 1034]),
            (Class::Storage(StorageFault::Damaged), &[11, 26]),
            (Class::Endpoint, &[14]),
            (Class::Fatal, &[1, 19, 275]),
        ] {
            for code in codes {
                assert_eq!(classify_sqlite(*code), class, "{code}");
            }
        }
    }

    #[test]
    fn a_lost_connection_and_a_spent_pool_go_to_the_next_address() {
        let lost = DbErr::Exec(RuntimeErr::SqlxError(
            sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into()).into(),
        ));
        assert_eq!(classify(&lost), Class::Endpoint);
        let spent = DbErr::Conn(RuntimeErr::SqlxError(sqlx::Error::PoolTimedOut.into()));
        assert_eq!(classify(&spent), Class::Endpoint);
    }
}
