//! An import as it stood: what the log keeps of it, how its row holds that, and what a caller gets to see.

use crate::error::{AppError, Result};
use api::import::{Import, ImportOptions, ImportState};
use api::instant::Instant;
use entity::import;
use sea_orm::Set;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where an import stands, as it is stored: also what no caller gets to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Its rows are being staged.
    Reading,
    /// Read and judged.
    Preview,
    /// Being written.
    Committing,
    /// Written.
    Committed,
    /// Given up; its rows are being removed.
    Dropped,
    /// Written, and taken back.
    Undone,
}

impl Stage {
    pub(super) const ALL: [Self; 6] = [
        Self::Reading,
        Self::Preview,
        Self::Committing,
        Self::Committed,
        Self::Dropped,
        Self::Undone,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Preview => "preview",
            Self::Committing => "committing",
            Self::Committed => "committed",
            Self::Dropped => "dropped",
            Self::Undone => "undone",
        }
    }

    fn from_word(word: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|stage| stage.as_str() == word);
        found.ok_or_else(|| AppError::Internal("stored import state is unknown".into()))
    }

    /// As callers know it.
    pub(super) fn seen(self) -> Option<ImportState> {
        match self {
            Self::Preview => Some(ImportState::Preview),
            Self::Committing => Some(ImportState::Committing),
            Self::Committed => Some(ImportState::Committed),
            Self::Undone => Some(ImportState::Undone),
            Self::Reading | Self::Dropped => None,
        }
    }
}

/// An import as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportImage {
    pub id: Uuid,
    pub state: Stage,
    pub file_name: String,
    pub format: String,
    pub row_count: i64,
    #[serde(flatten)]
    pub detail: Detail,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op_id: Option<Uuid>,
    pub created_by: Uuid,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// What an import has that is never searched for: one column of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    pub options: ImportOptions,
    pub new_count: u64,
    pub duplicate_count: u64,
    pub invalid_count: u64,
    pub written_count: u64,
    /// The last row that was written or passed over.
    pub last_n: i32,
    pub new_names: Vec<String>,
    /// Who commits it, and with what program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub committed_by: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// When that began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub committed_at: Option<Instant>,
}

impl ImportImage {
    /// As callers know it; what is not to be seen is not there.
    pub fn seen(self) -> Result<Import> {
        let Self {
            id,
            state,
            file_name,
            format,
            row_count,
            detail,
            op_id,
            version,
            created_at,
            ..
        } = self;
        Ok(Import {
            id: id.into(),
            state: state.seen().ok_or_else(AppError::not_found)?,
            file_name,
            format,
            row_count: u64::try_from(row_count).unwrap_or(0),
            new_count: detail.new_count,
            duplicate_count: detail.duplicate_count,
            invalid_count: detail.invalid_count,
            written_count: detail.written_count,
            new_names: detail.new_names,
            operation_id: op_id.map(Into::into),
            version,
            created_at,
        })
    }
}

pub(super) fn image(row: import::Model) -> Result<ImportImage> {
    let detail =
        serde_json::from_str(&row.options).map_err(|error| AppError::Internal(format!("import: {error}")))?;
    Ok(ImportImage {
        id: row.id,
        state: Stage::from_word(&row.state)?,
        file_name: row.file_name,
        format: row.format,
        row_count: row.row_count,
        detail,
        op_id: row.op_id,
        created_by: row.created_by,
        version: row.version,
        created_at: Instant::new(row.created_at),
        updated_at: Instant::new(row.updated_at),
    })
}

pub(super) fn changing(image: &ImportImage) -> Result<import::ActiveModel> {
    let detail = serde_json::to_string(&image.detail)
        .map_err(|error| AppError::Internal(format!("import: {error}")))?;
    Ok(import::ActiveModel {
        state: Set(image.state.as_str().to_owned()),
        options: Set(detail),
        op_id: Set(image.op_id),
        row_count: Set(image.row_count),
        version: Set(image.version),
        updated_at: Set(image.updated_at.utc()),
        ..Default::default()
    })
}
