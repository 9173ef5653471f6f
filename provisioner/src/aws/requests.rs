//! Counts the requests sent, reads and writes apart, so that a run can say what it did.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextMut, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use serde::Serialize;

use super::upload::counted;
use crate::terminal::printer::Printer;
use crate::terminal::progress::{Progress, Upload};

/// Requests sent, retries included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RequestCounts {
    pub writes: u32,
    pub reads: u32,
}

impl std::fmt::Display for RequestCounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { writes, reads } = self;
        let plural = |count: u32| if count == 1 { "" } else { "s" };
        write!(
            f,
            "{writes} write{}, {reads} read{}",
            plural(*writes),
            plural(*reads)
        )
    }
}

/// The counters, to be attached to each client.
#[derive(Debug, Clone)]
pub struct Requests {
    counters: Arc<Counters>,
    upload: Arc<Upload>,
    printer: Printer,
}

#[derive(Debug, Default)]
struct Counters {
    writes: AtomicU32,
    reads: AtomicU32,
}

impl Requests {
    pub(super) fn new(printer: Printer) -> Self {
        Self {
            counters: Arc::default(),
            upload: Arc::default(),
            printer,
        }
    }

    pub(super) fn progress(&self, what: &str) -> Progress {
        Progress::begin(what, &self.upload, self.printer)
    }

    /// A request of `service` that is on its way.
    pub(super) fn count(&self, service: &str, operation: &str) {
        let counter = if is_read(operation) {
            &self.counters.reads
        } else {
            &self.counters.writes
        };
        counter.fetch_add(1, Ordering::Relaxed);
        self.printer
            .detail(&format_args!("-> {service} {operation}"));
    }

    pub(super) fn counts(&self) -> RequestCounts {
        let Counters { writes, reads } = &*self.counters;
        RequestCounts {
            writes: writes.load(Ordering::Relaxed),
            reads: reads.load(Ordering::Relaxed),
        }
    }
}

impl Intercept for Requests {
    fn name(&self) -> &'static str {
        "Requests"
    }

    /// Called for each attempt, signed and complete.
    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.request_mut().body_mut();
        *body = counted(std::mem::replace(body, SdkBody::taken()), &self.upload);
        Ok(())
    }

    /// Called for each attempt, when it is on its way.
    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(metadata) = config.load::<Metadata>() else {
            return Ok(());
        };
        self.count(metadata.service(), metadata.name());
        Ok(())
    }
}

fn is_read(operation: &str) -> bool {
    // Trying a version out changes nothing either.
    ["Get", "List", "Describe", "Filter", "Invoke"]
        .iter()
        .any(|verb| operation.starts_with(verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operations_name_tells_whether_it_changes_anything() {
        for operation in [
            "GetFunction",
            "ListTagsForResource",
            "DescribeLogGroups",
            "GetCallerIdentity",
        ] {
            assert!(is_read(operation), "{operation}");
        }
        for operation in [
            "CreateRole",
            "PutRolePolicy",
            "TagResource",
            "DeleteFunction",
        ] {
            assert!(!is_read(operation), "{operation}");
        }
    }
}
