use aws_sdk_sns::Client;

use super::Endpoint;
use super::error::reason;

/// What SNS says of sending SMS from an account to a number. Each is an error, with the reason, where it could not be
/// asked.
#[derive(Debug, Clone)]
pub struct SmsChecks {
    /// Whether the account is in the sandbox: then only numbers that were verified there hear anything.
    pub sandbox: Result<bool, String>,
    /// How many numbers of its own the account can send from.
    pub origination_numbers: Result<usize, String>,
    /// The most that SMS may cost in a month, in US dollars; `None` where nobody set it.
    pub monthly_limit: Result<Option<String>, String>,
    /// Whether the number was opted out, by STOP.
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
