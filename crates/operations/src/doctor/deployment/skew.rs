//! Checks the clock of this machine against AWS's. Start with [`by_aws`].

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use chrono::{DateTime, TimeDelta};
use pipeline::port::{Clock as _, SystemClock};

use crate::doctor::clock::judged;
use crate::doctor::{Circumstances, Symptom};

/// The time by which AWS's clock is ahead of this machine's, from its first response. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Skew(Arc<Mutex<Option<TimeDelta>>>);

impl Skew {
    fn ahead(&self) -> Option<TimeDelta> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Skew {
    fn name(&self) -> &'static str {
        "Skew"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
        let mut ahead = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead = ahead.or_else(|| Some(date?.to_utc() - SystemClock.now()));
        Ok(())
    }
}

/// Checks the clock against AWS's.
pub(super) fn by_aws(skew: &Skew, around: &Circumstances, symptoms: &mut Vec<Symptom>) {
    let of_hosts = around.hosts.iter().flatten();
    let known = skew.ahead().map(|ahead| ("AWS", ahead));
    let known = known.or_else(|| {
        let mut of_hosts = of_hosts.filter_map(|answer| Some((answer.host.as_str(), answer.ahead?)));
        of_hosts.next()
    });
    symptoms.push(judged(known));
}
