//! The e-mail channel: sends alerts through a [`Mailer`], and remembers permanent refusals. Excludes SMTP and the message,
//! see the crate `mail`.

use bulletin::Alert;
use chrono::Utc;
use mail::{EmailMessage, Mailer, SendError};
use pipeline::port::{Channel, ChannelError, Recipient, Sending, StoreError};
use sqlite::{SqliteStore, WatchChannel};

/// Sends alerts by e-mail to the watches of a database with an e-mail address.
#[derive(Debug)]
pub struct EmailChannel<'a> {
    store: &'a SqliteStore,
    /// The SMTP client, or the reason why there is none.
    mailer: Result<Mailer, String>,
}

impl<'a> EmailChannel<'a> {
    /// A channel that sends with this mailer. Without one, every alert fails with this reason, and is retried later.
    pub fn new(store: &'a SqliteStore, mailer: Result<Mailer, String>) -> Self {
        Self { store, mailer }
    }

    async fn send(&self, alert: &Alert, recipient: &Recipient) -> Result<(), ChannelError> {
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
        let message = EmailMessage {
            from: &mailer.config().from,
            to: &to,
            alert,
            subscription: kind.subscription(),
            how_to_stop: &how_to_stop,
        };
        match mailer.send(&message).await {
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

/// The last line of an e-mail for the watch with this number: the instructions to unsubscribe.
pub fn how_to_stop(watch: impl std::fmt::Display) -> String {
    format!("To stop these alerts: bulletin watch remove {watch}")
}

impl Channel for EmailChannel<'_> {
    fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        self.store
            .recipients(alert, |channel| matches!(channel, WatchChannel::Email(_)))
    }

    fn send_alert<'a>(
        &'a self,
        alert: &'a Alert,
        recipient: &'a Recipient,
    ) -> Sending<'a, Result<(), ChannelError>> {
        Box::pin(self.send(alert, recipient))
    }
}
