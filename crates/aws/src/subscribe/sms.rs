//! The SMS settings of an AWS account that decide whether a text message arrives.

use aws_sdk_sns::Client;

use crate::reason::reason;
use bulletin::Endpoint;

/// The state of SMS sending from an account to a number. A field is an error, with its reason, if its request
/// failed.
#[derive(Debug, Clone)]
pub struct SmsChecks {
    /// True if the account is in the SMS sandbox: then only numbers that are verified there get messages.
    pub sandbox: Result<bool, String>,
    /// The number of origination numbers of the account.
    pub origination_numbers: Result<usize, String>,
    /// The monthly spending limit for SMS, in US dollars; `None` if none is set.
    pub monthly_limit: Result<Option<String>, String>,
    /// True if the number opted out with STOP.
    pub opted_out: Result<bool, String>,
}

impl SmsChecks {
    pub(super) async fn ask(client: &Client, endpoint: &Endpoint) -> Self {
        let number = endpoint.revealed();
        let hidden = |text: String| text.replace(number, &endpoint.masked());
        let limit = "MonthlySpendLimit";
        Self {
            sandbox: client
                .get_sms_sandbox_account_status()
                .send()
                .await
                .map(|answer| answer.is_in_sandbox())
                .map_err(|error| reason(&error)),
            origination_numbers: client
                .list_origination_numbers()
                .send()
                .await
                .map(|answer| answer.phone_numbers().len())
                .map_err(|error| reason(&error)),
            monthly_limit: client
                .get_sms_attributes()
                .attributes(limit)
                .send()
                .await
                .map(|answer| answer.attributes().and_then(|all| all.get(limit)).cloned())
                .map_err(|error| reason(&error)),
            opted_out: client
                .check_if_phone_number_is_opted_out()
                .phone_number(number)
                .send()
                .await
                .map(|answer| answer.is_opted_out())
                .map_err(|error| hidden(reason(&error))),
        }
    }
}
