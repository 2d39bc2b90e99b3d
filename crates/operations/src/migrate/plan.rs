//! What moving would do, month by month, before anything is done.

use std::collections::BTreeMap;

use bulletin::Month;
use bulletin_html::predicted_path;
use pipeline::port::{BulletinStore, Clock, PageSource};

use super::cost::Cost;
use super::month::OldMonth;
use super::table::Survey;
use super::{MigrateError, Migration, NEWS};
use crate::store::is_news;

/// What would become of an old table.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Every month of which there are old items, in the order in which they are moved.
    pub months: Vec<PlannedMonth>,
    /// Why the source gives no list of its pages; their addresses are then those that the site usually has.
    pub no_list: Option<String>,
    /// About what it costs, with what this plan has read.
    pub cost: Cost,
}

/// What would become of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedMonth {
    /// The bulletin.
    pub month: Month,
    /// How many old items it has.
    pub items: usize,
    /// How many of them lost their value.
    pub lost: usize,
    /// Where its page is.
    pub page: Page,
    /// What would become of it.
    pub fate: Fate,
}

/// A bulletin's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its path on the site.
    pub path: String,
    /// Whether the source lists it; `None` where it gives no list.
    pub listed: Option<bool>,
    /// Why the bulletin cannot be made without it; empty where it can.
    pub needed_because: Vec<String>,
}

/// What would become of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It would be stored, if its page does not say otherwise.
    Move,
    /// It stands in today's layout, and says what the old items do.
    AlreadyThere,
    /// It would be left as it is.
    Left {
        /// Why.
        reasons: Vec<String>,
    },
}

impl<Store, Source, C> Migration<'_, Store, Source, C>
where
    Store: BulletinStore,
    Source: PageSource,
    C: Clock,
{
    /// What moving would do. Nothing is written, and of the source only its list is asked.
    ///
    /// Months that are not stored come in the order that alerts nobody: those after the newest stored one upwards, then
    /// those before it downwards; into an empty store all of them downwards.
    ///
    /// # Errors
    /// [`MigrateError`] where what is stored cannot be read.
    pub async fn plan(&self, survey: &Survey) -> Result<Plan, MigrateError> {
        let (paths, no_list) = match self.source.links().await {
            Ok(links) => (
                links.into_iter().map(|link| (link.month, link.path)).collect(),
                None,
            ),
            Err(error) => (BTreeMap::new(), Some(error.to_string())),
        };
        let stored = self.store.months().await?;
        let newest = stored.last().copied();
        let mut cost = Cost::of_reading(survey.bytes);
        let (mut there, mut later, mut earlier) = (Vec::new(), Vec::new(), Vec::new());
        for old in survey.months.values() {
            let month = old.month;
            let is_stored = stored.contains(&month);
            let fate = self.fate(old, is_stored, newest).await?;
            if is_stored {
                cost.add_comparing();
            }
            match fate {
                Fate::Move => cost.add_storing(old),
                Fate::AlreadyThere => cost.add_comparing(),
                Fate::Left { .. } => {}
            }
            if !matches!(fate, Fate::Left { .. }) && !self.keep_old {
                cost.add_clearing(old, self.old.is_own());
            }
            let planned = PlannedMonth {
                month,
                items: old.items.len() + old.unreadable.len(),
                lost: old.lost(),
                page: Page {
                    path: paths
                        .get(&month)
                        .cloned()
                        .unwrap_or_else(|| predicted_path(month)),
                    listed: no_list.is_none().then(|| paths.contains_key(&month)),
                    needed_because: old.needs_its_page(),
                },
                fate,
            };
            let group = if is_stored {
                &mut there
            } else if newest.is_some_and(|newest| newest < month) {
                &mut later
            } else {
                &mut earlier
            };
            group.push(planned);
        }
        let months = there
            .into_iter()
            .chain(later)
            .chain(earlier.into_iter().rev())
            .collect();
        Ok(Plan {
            months,
            no_list,
            cost,
        })
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
