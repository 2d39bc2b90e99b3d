use bulletin::Alert;
use chrono::Utc;
use mail::{Letter, Mailer, SendError};
use pipeline::port::{Channel, ChannelError, Recipient, Sending, StoreError};

use crate::store::SqliteStore;
use crate::watch::WatchChannel;

/// Sends alerts by e-mail to the watches that want it so.
#[derive(Debug)]
pub struct MailSink<'a> {
    store: &'a SqliteStore,
    /// What sends them, or why nothing can.
    mailer: Result<Mailer, String>,
}

impl<'a> MailSink<'a> {
    /// A sink that hands letters to this mailer. Where there is none, it says why of each alert that it should send, and
    /// the alert is kept.
    pub fn new(store: &'a SqliteStore, mailer: Result<Mailer, String>) -> Self {
        Self { store, mailer }
    }

    async fn hand_over(&self, alert: &Alert, recipient: &Recipient) -> Result<(), ChannelError> {
        let id = alert.id().to_string();
        if let Some(reason) = self.store.refusal(&id, recipient)? {
            return Err(ChannelError::Refused(reason));
        }
        let mailer = self
            .mailer
            .as_ref()
            .map_err(|why| ChannelError::NotSent(why.clone()))?;
        let watch = self.store.watch_of(recipient)?;
        let Some((kind, WatchChannel::Email(to))) = watch.map(|watch| (watch.kind, watch.channel)) else {
            return Err(ChannelError::NotSent("the watch was removed meanwhile".into()));
        };
        let how_to_stop = how_to_stop(recipient.handle);
        let letter = Letter {
            from: &mailer.config().from,
            to: &to,
            alert,
            subscription: kind.subscription(),
            how_to_stop: &how_to_stop,
        };
        match mailer.send(&letter).await {
            Ok(()) => Ok(()),
            Err(SendError::NotSent(why)) => Err(ChannelError::NotSent(why)),
            Err(SendError::Unknown(why)) => Err(ChannelError::Unknown(why)),
            Err(SendError::Refused(why)) => {
                let reason = format!(
                    "{why}. This error is permanent, so it is not retried automatically. Fix the cause and run \
                     `bulletin run --retry`, or remove the watch with `bulletin watch remove {}`",
                    recipient.handle
                );
                match self.store.note_refusal(alert, recipient, &reason, Utc::now())? {
                    true => Err(ChannelError::Refused(reason)),
                    false => Err(ChannelError::NotSent(reason)),
                }
            }
        }
    }
}

/// The last line of an e-mail for the watch of this number.
pub fn how_to_stop(watch: impl std::fmt::Display) -> String {
    format!("To stop these alerts: bulletin watch remove {watch}")
}

impl Channel for MailSink<'_> {
    fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        let watches = self.store.watches()?;
        let wanted = |way: &WatchChannel| matches!(way, WatchChannel::Email(_));
        Ok(watches
            .iter()
            .filter(|watch| wanted(&watch.channel) && watch.kind.wants(alert))
            .map(crate::watch::Watch::recipient)
            .collect())
    }

    fn send_alert<'a>(
        &'a self,
        alert: &'a Alert,
        recipient: &'a Recipient,
    ) -> Sending<'a, Result<(), ChannelError>> {
        Box::pin(self.hand_over(alert, recipient))
    }
}
