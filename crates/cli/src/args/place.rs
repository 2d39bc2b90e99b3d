use clap::Args as ClapArgs;
use operations::Deployment;
use operations::connect::Connection;

/// How AWS is reached.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Where on AWS")]
pub(crate) struct ConnectionArgs {
    /// The profile of AWS's configuration files [environment: AWS_PROFILE]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The region [environment: AWS_REGION, or what the profile says]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Another service in place of AWS, such as an emulator [environment: AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
}

impl ConnectionArgs {
    /// What was said of it, as it is said to another command, with a blank before it.
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

    /// The way to AWS.
    pub(crate) fn connection(&self) -> Connection {
        Connection {
            profile: self.profile.clone(),
            region: self.region.clone(),
            endpoint_url: self.endpoint_url.clone(),
        }
    }
}

/// Whether the database of this machine is meant, or a deployment.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Where on AWS")]
pub(crate) struct PlaceArgs {
    /// The deployment of this stage on AWS, in place of the database of this machine
    #[arg(long, value_name = "STAGE")]
    pub(crate) stage: Option<Deployment>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) capacity: CapacityArgs,
}

/// A deployment, which must be named: nothing is done to one that nobody named.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Where on AWS")]
pub(crate) struct DeploymentArgs {
    /// The deployment of this stage
    #[arg(long, value_name = "STAGE")]
    pub(crate) stage: Deployment,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) capacity: CapacityArgs,
}

/// Whether DynamoDB is asked what it charges for.
#[derive(Debug, ClapArgs)]
pub(crate) struct CapacityArgs {
    /// Print on standard error what each call to DynamoDB consumed
    #[arg(long)]
    pub(crate) show_capacity: bool,
}
