//! Predicts the outcome of a migration, month by month. Writes nothing. Start with [`Plan`].

use std::collections::BTreeMap;

use bulletin::Month;
use bulletin_html::predicted_path;
use pipeline::is_news;
use pipeline::port::{BulletinStore, Clock, PageSource};

use crate::cost::Cost;
use crate::month::OldMonth;
use crate::table::Survey;
use crate::{MigrateError, Migration, NEWS};

/// The predicted outcome for an old table.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Every month that has old items, in the order of the migration.
    pub months: Vec<PlannedMonth>,
    /// The reason why the source gives no list of its pages; their paths are then predicted.
    pub no_list: Option<String>,
    /// The estimated cost, including the reads of this plan.
    pub cost: Cost,
}

/// The predicted outcome for a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedMonth {
    /// The month of the bulletin.
    pub month: Month,
    /// The number of its old items.
    pub items: usize,
    /// The number of items that lost their value.
    pub lost: usize,
    /// Its page.
    pub page: Page,
    /// The predicted outcome.
    pub fate: Fate,
}

/// The page of a bulletin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its path on the site.
    pub path: String,
    /// True if the source lists it; `None` if the source gives no list.
    pub listed: Option<bool>,
    /// The reasons why the bulletin cannot be built without it; empty if it can.
    pub needed_because: Vec<String>,
}

/// The predicted outcome for a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It would be stored, unless its page disagrees.
    Move,
    /// It is stored in the present layout and matches the old items.
    AlreadyThere,
    /// It would be left unchanged.
    Left {
        /// The reasons.
        reasons: Vec<String>,
    },
}

impl<Store, Source, C> Migration<'_, Store, Source, C>
where
    Store: BulletinStore,
    Source: PageSource,
    C: Clock,
{
    /// Predicts the outcome of a migration. Writes nothing, and requests only the list of the source.
    ///
    /// Months that are not stored are ordered so that they alert nobody: first those after the newest stored one,
    /// ascending, then those before it, descending; into an empty store all of them descending.
    ///
    /// # Errors
    /// [`MigrateError`] if the store cannot be read.
    pub async fn plan(&self, survey: &Survey) -> Result<Plan, MigrateError> {
        let listed = Listed::by(self.source).await;
        let stored = self.store.months().await?;
        let newest = stored.last().copied();
        let mut cost = Cost::of_reading(survey.bytes);
        let (mut there, mut later, mut earlier) = (Vec::new(), Vec::new(), Vec::new());
        for old in survey.months.values() {
            let month = old.month;
            let is_stored = stored.contains(&month);
            let fate = self.fate(old, is_stored, newest).await?;
            self.add_cost(&mut cost, old, is_stored, &fate);
            let group = if is_stored {
                &mut there
            } else if newest.is_some_and(|newest| newest < month) {
                &mut later
            } else {
                &mut earlier
            };
            group.push(PlannedMonth {
                month,
                items: old.items.len() + old.unreadable.len(),
                lost: old.lost(),
                page: listed.page(old),
                fate,
            });
        }
        let months = there
            .into_iter()
            .chain(later)
            .chain(earlier.into_iter().rev())
            .collect();
        Ok(Plan {
            months,
            no_list: listed.refusal,
            cost,
        })
    }

    fn add_cost(&self, cost: &mut Cost, old: &OldMonth, is_stored: bool, fate: &Fate) {
        if is_stored {
            cost.add_comparing();
        }
        match fate {
            Fate::Move => cost.add_storing(old),
            Fate::AlreadyThere => cost.add_comparing(),
            Fate::Left { .. } => return,
        }
        if !self.keep_old {
            cost.add_clearing(old, self.old.is_own());
        }
    }

    async fn fate(
        &self,
        old: &OldMonth,
        is_stored: bool,
        newest: Option<Month>,
    ) -> Result<Fate, MigrateError> {
        let mut reasons = old.refusals();
        if reasons.is_empty() && is_stored {
            reasons = self.check(old, None).await?;
            if reasons.is_empty() {
                return Ok(Fate::AlreadyThere);
            }
        }
        if reasons.is_empty() && is_news(old.month, newest, self.clock.now()) {
            reasons.push(NEWS.to_owned());
        }
        Ok(if reasons.is_empty() {
            Fate::Move
        } else {
            Fate::Left { reasons }
        })
    }
}

/// The pages that the source lists.
struct Listed {
    paths: BTreeMap<Month, String>,
    /// The reason why the source gives no list.
    refusal: Option<String>,
}

impl Listed {
    async fn by(source: &impl PageSource) -> Self {
        match source.links().await {
            Ok(links) => Self {
                paths: links.into_iter().map(|link| (link.month, link.path)).collect(),
                refusal: None,
            },
            Err(error) => Self {
                paths: BTreeMap::new(),
                refusal: Some(error.to_string()),
            },
        }
    }

    fn page(&self, old: &OldMonth) -> Page {
        let path = self.paths.get(&old.month);
        Page {
            path: path.cloned().unwrap_or_else(|| predicted_path(old.month)),
            listed: self.refusal.is_none().then_some(path.is_some()),
            needed_because: old.needs_its_page(),
        }
    }
}
