//! Imports that a crash interrupted are carried on.

use crate::error::Result;
use crate::service;
use crate::state::AppState;

/// Carries on every import that waits for it.
pub async fn run(state: &AppState) -> Result<()> {
    service::import::resume_imports(state).await
}
