//! The clock of this machine against those of others.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use chrono::{DateTime, TimeDelta};
use pipeline::port::{Clock as _, SystemClock};

use super::{Circumstances, Part, Symptom};

/// How far this machine's clock may be off. From five minutes on AWS takes no signed request, and what is written carries
/// the wrong time.
const TOO_FAR: TimeDelta = TimeDelta::seconds(60);

/// By how much AWS's clock is ahead of this machine's, as the first of its answers said. Clones share it.
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

/// The clock against those of the hosts that answered.
pub(super) fn by_hosts(around: &Circumstances, symptoms: &mut Vec<Symptom>) {
    let Some(answers) = &around.hosts else {
        symptoms.push(Symptom::unknown(
            Part::Clock,
            "nobody was asked for the time, because of --offline",
        ));
        return;
    };
    let known = answers
        .iter()
        .find_map(|answer| Some((answer.host.as_str(), answer.ahead?)));
    symptoms.push(judged(known));
}

/// The clock against AWS's.
pub(super) fn by_aws(skew: &Skew, around: &Circumstances, symptoms: &mut Vec<Symptom>) {
    let of_hosts = around.hosts.iter().flatten();
    let known = skew.ahead().map(|ahead| ("AWS", ahead));
    let known = known.or_else(|| {
        let mut of_hosts = of_hosts.filter_map(|answer| Some((answer.host.as_str(), answer.ahead?)));
        of_hosts.next()
    });
    symptoms.push(judged(known));
}

fn judged(known: Option<(&str, TimeDelta)>) -> Symptom {
    let Some((who, ahead)) = known else {
        return Symptom::unknown(Part::Clock, "nobody who was asked says what time it is");
    };
    if ahead.abs() <= TOO_FAR {
        return Symptom::good(Part::Clock, format!("right to the minute, by the clock of {who}"));
    }
    let direction = if ahead > TimeDelta::zero() {
        "behind"
    } else {
        "ahead of"
    };
    Symptom::bad(
        Part::Clock,
        format!(
            "the clock of this machine is {} seconds {direction} that of {who}",
            ahead.abs().num_seconds()
        ),
        "Set it, and let it be set from the network:",
    )
    .by("timedatectl set-ntp true")
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_clock_may_be_off_by_a_minute() {
        for (seconds, verdict, says) in [
            (0, Verdict::Good, "right to the minute"),
            (-60, Verdict::Good, "AWS"),
            (61, Verdict::NeedsALook, "61 seconds behind that of AWS"),
            (-3600, Verdict::NeedsALook, "3600 seconds ahead of that of AWS"),
        ] {
            let symptom = judged(Some(("AWS", TimeDelta::seconds(seconds))));
            assert_eq!(symptom.verdict, verdict, "{seconds}");
            assert!(symptom.what.contains(says), "{}", symptom.what);
        }
        assert_eq!(judged(None).verdict, Verdict::CannotBeKnown);
    }
}
