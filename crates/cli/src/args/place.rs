//! Options that choose between the database of this machine and an AWS deployment.

use clap::Args as ClapArgs;
use operations::Deployment;

/// The connection to AWS.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "AWS options")]
pub(crate) struct ConnectionArgs {
    /// Use this profile of the AWS configuration files [env: AWS_PROFILE]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Use this AWS region [env: AWS_REGION] [default: the region of the profile]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Send requests to this URL instead of AWS, for example to an emulator [env: AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
}

impl ConnectionArgs {
    /// The given options as text to append to another command, each with a space in front.
    pub(crate) fn words(&self) -> String {
        [
            ("profile", &self.profile),
            ("region", &self.region),
            ("endpoint-url", &self.endpoint_url),
        ]
        .into_iter()
        .filter_map(|(name, said)| Some(format!(" --{name} {}", said.as_ref()?)))
        .collect()
    }
}

/// The database of this machine, or a deployment.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "AWS options")]
pub(crate) struct PlaceArgs {
    /// Use the AWS deployment of this stage instead of the database of this machine
    #[arg(long, value_name = "STAGE")]
    pub(crate) stage: Option<Deployment>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) capacity: CapacityArgs,
}

/// A deployment. It has no default, so that no command changes one by accident.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "AWS options")]
pub(crate) struct DeploymentArgs {
    /// Use the AWS deployment of this stage
    #[arg(long, value_name = "STAGE")]
    pub(crate) stage: Deployment,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) capacity: CapacityArgs,
}

/// The report of consumed DynamoDB capacity.
#[derive(Debug, ClapArgs)]
pub(crate) struct CapacityArgs {
    /// Print the capacity that each DynamoDB call consumed, on standard error
    #[arg(long)]
    pub(crate) show_capacity: bool,
}
