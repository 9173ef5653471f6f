//! The log group. Lambda would make one by itself, without retention and without our tags.

use crate::deployment::names::{Names, Tags};
use crate::deployment::state::LiveLogGroup;
use crate::plan::description::{Change, Description};
use crate::plan::order::{Guard, Rank};
use crate::plan::tags::TagChange;

/// A change of the log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogGroupAction {
    Create {
        name: String,
        retention_days: u16,
        tags: Tags,
    },
    SetRetention {
        name: String,
        /// `None`: for ever.
        from: Option<i32>,
        to: u16,
    },
    Tag {
        name: String,
        arn: String,
        tags: TagChange,
    },
    Delete {
        name: String,
    },
}

use LogGroupAction::{Create, Delete, SetRetention, Tag};

/// What it takes to bring the log group to what is wanted.
pub(in crate::plan) fn changes(
    names: &Names,
    retention_days: u16,
    tags: &Tags,
    live: Option<&LiveLogGroup>,
) -> Vec<LogGroupAction> {
    let name = names.log_group.clone();
    let Some(LiveLogGroup {
        arn,
        retention_days: current,
        tags: live_tags,
    }) = live
    else {
        return vec![Create {
            name,
            retention_days,
            tags: tags.clone(),
        }];
    };
    let retention = (*current != Some(retention_days.into())).then(|| SetRetention {
        name: name.clone(),
        from: *current,
        to: retention_days,
    });
    let tag = TagChange::between(live_tags, tags).map(|tags| Tag {
        name,
        arn: arn.clone(),
        tags,
    });
    retention.into_iter().chain(tag).collect()
}

impl LogGroupAction {
    pub(in crate::plan) fn describe(&self) -> Description {
        match self {
            Create {
                name,
                retention_days,
                tags: _,
            } => Description::new(Change::Create, "log group", name)
                .detail(format!("retention {retention_days} days")),
            SetRetention { name, from, to } => {
                let from = from.map_or("for ever".to_owned(), |days| days.to_string());
                Description::new(Change::Update, "log group", name)
                    .aspect("retention")
                    .detail(format!("retention {from} -> {to} days"))
            }
            Tag { name, arn: _, tags } => Description::new(Change::Update, "log group", name)
                .aspect("tags")
                .details(tags.details()),
            Delete { name } => Description::new(Change::Delete, "log group", name)
                .detail("with everything logged so far"),
        }
    }

    /// `is_update`: function and role are there already.
    pub(in crate::plan) fn rank(&self, is_update: bool) -> Rank {
        match self {
            Create { .. } if is_update => Rank::Prepare,
            Create { .. } | Delete { .. } => Rank::First,
            SetRetention { .. } | Tag { .. } => Rank::Settle,
        }
    }

    pub(in crate::plan) fn guard(&self) -> Guard {
        match self {
            Create { .. } | Delete { .. } => Guard::Aws,
            SetRetention { .. } | Tag { .. } => Guard::Look,
        }
    }
}
