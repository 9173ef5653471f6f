//! The calls of tools that a client of the AI SDK knows. It fails on a result without a call.

use crate::event::Inquiry;

/// All calls of one stream so far.
#[derive(Debug, Default)]
pub(super) struct Calls(Vec<Told>);

/// A call that the client knows.
#[derive(Debug)]
struct Told {
    id: String,
    name: String,
    has_result: bool,
}

impl Calls {
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|told| told.id == id)
    }

    pub(super) fn know(&mut self, id: &str, name: &str) {
        if !self.has(id) {
            self.0.push(Told {
                id: id.to_owned(),
                name: name.to_owned(),
                has_result: false,
            });
        }
    }

    /// The id and the name of the call that an agent asks about before it makes it, if the client knows it. Some
    /// agents name the call, and others only its tool.
    pub(super) fn asked_about(&self, approval: &Inquiry) -> Option<(String, String)> {
        let is_meant = |told: &&Told| match &approval.tool_call_id {
            Some(id) => told.id == *id,
            None => told.name == approval.name && !told.has_result,
        };
        let told = self.0.iter().find(is_meant)?;
        Some((told.id.clone(), told.name.clone()))
    }

    /// Notes down that the call has its result, or a question that no second one is about.
    pub(super) fn answer(&mut self, id: &str) {
        for told in self.0.iter_mut().filter(|told| told.id == id) {
            told.has_result = true;
        }
    }
}
