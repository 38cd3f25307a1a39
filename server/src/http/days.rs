//! `/v1/ledgers/{ledger}/days/{date}`: decode, call the service, encode.

use super::Tag;
use super::checked::{Checked, Item};
use super::guard::Guard;
use super::key::{IfTag, Key};
use super::reply::{Found, Reply};
use super::right::{Read, Write};
use crate::error::Result;
use crate::service;
use crate::state::AppState;
use api::date::Date;
use api::day::{Day, DaySaved, DayUpdate};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct DaysApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/days", tag = "Tag::Days")]
impl DaysApi {
    /// Get a day
    ///
    /// All its rows, of every kind, in the order they were recorded. A day holds at most 500 here.
    #[oai(path = "/:date", method = "get", operation_id = "get_day")]
    async fn get_day(&self, ledger: Guard<Read>, date: Item<Date>) -> Result<Found<Day>> {
        let (day, tag) = service::day::get(&self.state, &ledger.grant, date.0).await?;
        Ok(Reply::new(day).etag(tag))
    }

    /// Save a day
    ///
    /// All rows in one change, all or nothing: one with the id of a row changes that row, its fields left out stay; one
    /// without is new; a row of the day whose id is missing is deleted. Needs the `ETag` that reading the day gave.
    #[oai(path = "/:date", method = "put", operation_id = "update_day")]
    async fn update_day(
        &self,
        ledger: Guard<Write>,
        date: Item<Date>,
        idempotency_key: Key,
        if_match: IfTag,
        body: Checked<DayUpdate>,
    ) -> Result<Found<DaySaved>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        Ok(Reply::new(
            service::day::update(&self.state, grant, key, date.0, if_match.0, body.0).await?,
        ))
    }
}
