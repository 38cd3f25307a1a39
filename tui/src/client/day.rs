//! Operations on the day sheet. Its tag is opaque: it stands for every row of the day and its version.

use super::{Api, Key, Method, Reply, Request};
use api::date::Date;
use api::day::{Day, DaySaved, DayUpdate};

/// A day as it was read, with the tag that saving it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRead {
    pub day: Day,
    /// With its quotes; handed back as it is.
    pub etag: String,
}

impl dyn Api {
    /// All rows of a day.
    pub fn get_day(&self, date: Date) -> Reply<DayRead> {
        let answer = self.call(Request::get("get_day", format!("/days/{date}")));
        Box::pin(async move {
            let answer = answer.await?;
            Ok(DayRead {
                day: answer.read("get_day")?,
                etag: answer.etag.unwrap_or_default(),
            })
        })
    }

    /// Makes a day what `update` says, if it is still as the tag says.
    pub fn update_day(&self, date: Date, etag: &str, update: &DayUpdate, key: Key) -> Reply<DaySaved> {
        let path = format!("/days/{date}");
        self.ask(
            Request::write("update_day", Method::Put, path, key)
                .if_tag(etag)
                .json(update),
        )
    }
}
