//! Plans the execution role: who may assume it, and its one inline policy.

use super::Plan;
use super::action::{Action, Tagged};
use crate::deployment::names::{Names, Tags};
use crate::deployment::state::{LiveRole, Role, RoleHead};

impl Plan {
    pub(super) fn role(
        &mut self,
        names: &Names,
        desired: &Role,
        tags: &Tags,
        live: Option<&LiveRole>,
    ) {
        let Role {
            arn: _,
            trust,
            policy,
        } = desired;
        let name = names.role.clone();
        let live_policy = match live {
            None => {
                let (trust, tags) = (trust.clone(), tags.clone());
                self.actions.push(Action::CreateRole {
                    name: name.clone(),
                    trust,
                    tags,
                });
                None
            }
            Some(LiveRole {
                arn: _,
                head,
                policy: live_policy,
            }) => {
                if let Some(RoleHead {
                    tags: live_tags,
                    trust: live_trust,
                }) = head
                {
                    if live_trust != trust {
                        let (from, to) = (live_trust.clone(), trust.clone());
                        self.actions.push(Action::SetTrust {
                            role: name.clone(),
                            from,
                            to,
                        });
                    }
                    self.tags(Tagged::Role { name: name.clone() }, live_tags, tags);
                }
                live_policy.as_ref()
            }
        };
        if live_policy != Some(policy) {
            self.actions.push(Action::PutRolePolicy {
                role: name,
                name: names.role_policy.to_owned(),
                from: live_policy.cloned(),
                to: policy.clone(),
            });
        }
    }
}
