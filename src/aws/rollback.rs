//! CloudFormation's ways back, through the SDK.

use super::Connection;
use super::error::remote;
use crate::deploy::RollbackApi;
use crate::event::StackRef;
use crate::remote::RemoteError;

impl RollbackApi for Connection {
    async fn continue_rollback(
        &self,
        stack: &StackRef,
        skip: &[String],
        token: &str,
    ) -> Result<(), RemoteError> {
        let request = self
            .cloudformation(&stack.region)
            .continue_update_rollback()
            .stack_name(&stack.name)
            .set_resources_to_skip((!skip.is_empty()).then(|| skip.to_vec()));
        request
            .client_request_token(token)
            .send()
            .await
            .map_err(remote("ContinueUpdateRollback"))?;
        Ok(())
    }

    async fn rollback(&self, stack: &StackRef, token: &str) -> Result<(), RemoteError> {
        let request = self
            .cloudformation(&stack.region)
            .rollback_stack()
            .stack_name(&stack.name);
        request
            .client_request_token(token)
            .send()
            .await
            .map_err(remote("RollbackStack"))?;
        Ok(())
    }
}
