//! The stack that an account has once per region: the artifact bucket, and what is account-wide there.
//!
//! All topologies share it, so it depends on nothing in them but the target.

use cloudformation::intrinsic::{get_att, reference, sub};
use cloudformation::{DeletionPolicy, Resource, apigateway, iam, s3};
use serde_json::json;
use topology::environment::{Environment, Target};

use crate::stack::StackBuilder;
use crate::{PlanError, PlannedStack, StackRole, policy};

/// Name of the stack in every region.
pub(crate) const STACK_NAME: &str = "liftform-artifacts";
/// Output with the bucket's name.
pub(crate) const BUCKET_OUTPUT: &str = "ArtifactBucket";

/// Archives that a newer deploy replaced are kept this long, for rollbacks.
const OLD_VERSIONS_DAYS: i64 = 90;

pub(crate) fn plan(environment: &Environment, region: &str) -> Result<PlannedStack, PlanError> {
    let mut stack = StackBuilder::new(
        environment,
        STACK_NAME.to_owned(),
        region,
        "Archives of handlers and game server builds, and what API Gateway needs once per account and region",
    );
    let keep = match environment.target {
        Target::Aws => DeletionPolicy::Retain,
        Target::Local => DeletionPolicy::Delete,
    };
    stack.add(
        "Bucket",
        Resource::from(bucket())
            .deletion_policy(keep)
            .update_replace_policy(keep),
    );
    stack.add(
        "BucketPolicy",
        s3::BucketPolicy::new(reference("Bucket"), tls_only()),
    );
    // Access logs of any stage need an account-wide role. It lives here, because with one in every backend stack the last
    // one deployed would win, and the first one deleted would silence all the others.
    stack.add(
        "ApiGatewayLogsRole",
        Resource::from(iam::Role::new(policy::trusts("apigateway.amazonaws.com")).managed_policy_arns(vec![
            sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"),
        ]))
        .deletion_policy(keep)
        .update_replace_policy(keep),
    );
    stack.add(
        "ApiGatewayAccount",
        Resource::from(
            apigateway::Account::new().cloud_watch_role_arn(get_att("ApiGatewayLogsRole", "Arn")),
        )
        .deletion_policy(keep)
        .update_replace_policy(keep),
    );
    stack.output(BUCKET_OUTPUT, "Name of the bucket", reference("Bucket"));
    stack.finish(StackRole::Artifacts)
}

fn bucket() -> s3::Bucket {
    use s3::bucket::{
        BucketEncryption, LifecycleConfiguration, NoncurrentVersionExpiration, ObjectOwnership,
        OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration, Rule, RuleStatus,
        SSEAlgorithm, ServerSideEncryptionByDefault, ServerSideEncryptionRule,
        VersioningConfiguration, VersioningConfigurationStatus,
    };
    let encryption = ServerSideEncryptionRule::new().server_side_encryption_by_default(
        ServerSideEncryptionByDefault::new(SSEAlgorithm::Aes256),
    );
    let expiry = Rule::new(RuleStatus::Enabled)
        .id("old-versions")
        .noncurrent_version_expiration(NoncurrentVersionExpiration::new(OLD_VERSIONS_DAYS));
    s3::Bucket::new()
        .versioning_configuration(VersioningConfiguration::new(
            VersioningConfigurationStatus::Enabled,
        ))
        .bucket_encryption(BucketEncryption::new(vec![encryption]))
        .ownership_controls(OwnershipControls::new(vec![
            OwnershipControlsRule::new().object_ownership(ObjectOwnership::BucketOwnerEnforced),
        ]))
        .lifecycle_configuration(LifecycleConfiguration::new(vec![expiry]))
        .public_access_block_configuration(
            PublicAccessBlockConfiguration::new()
                .block_public_acls(true)
                .block_public_policy(true)
                .ignore_public_acls(true)
                .restrict_public_buckets(true),
        )
}

fn tls_only() -> serde_json::Value {
    policy::document(&[json!({
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [get_att("Bucket", "Arn"), sub("${Bucket.Arn}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    })])
}
