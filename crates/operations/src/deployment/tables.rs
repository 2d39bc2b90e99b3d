//! The names of a deployment's tables.

use aws::config::Tables;

use super::Deployment;

impl Deployment {
    /// The names of its tables.
    pub fn tables(&self) -> Tables {
        let stage = &self.stage;
        Tables {
            data: format!("VisaBulletinData-{stage}"),
            links: format!("ProcessedURLs-{stage}"),
            marks: format!("AlertMarks-{stage}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_have_the_names_in_the_template() {
        let template = include_str!("../../../../infra-cdk/test/templates.snapshot.json");
        let prod: Deployment = "prod".parse().unwrap();
        let tables = prod.tables();
        for name in [tables.data, tables.links, tables.marks] {
            assert!(template.contains(&format!("Name\": \"{name}\"")), "{name}");
        }
    }
}
