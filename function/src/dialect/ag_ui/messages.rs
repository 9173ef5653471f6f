//! The ids that an agent which speaks AG-UI itself gives its messages. Clients send them back with the conversation,
//! and a server that keeps it knows by them what it has already.

use std::collections::HashMap;

/// More messages than any answer has.
const MOST_KNOWN: usize = 10_000;

/// The messages of one stream.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// The message that each agent is in.
    current: HashMap<String, String>,
    /// The subagent's run that each message has been told in: it cannot belong to another one as well.
    owners: HashMap<String, Option<String>>,
}

impl Messages {
    /// From now on `agent` is in the message `id`; with an empty id it is in none.
    pub(super) fn enter(&mut self, agent: &str, id: &str) {
        if id.is_empty() {
            self.current.remove(agent);
        } else {
            self.current.insert(agent.to_owned(), id.to_owned());
        }
    }

    /// The id for something that `agent` tells now, in a subagent's `run` or in none. `None` where it has given none, or
    /// one that belongs to another run.
    pub(super) fn claim(&mut self, agent: &str, run: Option<&str>) -> Option<String> {
        let id = self.current.get(agent)?;
        match self.owners.get(id) {
            Some(owner) => (owner.as_deref() == run).then(|| id.clone()),
            None if self.owners.len() < MOST_KNOWN => {
                self.owners.insert(id.clone(), run.map(ToOwned::to_owned));
                Some(id.clone())
            }
            None => None,
        }
    }

    /// The same for a thing that has the id for itself.
    pub(super) fn take(&mut self, agent: &str, run: Option<&str>) -> Option<String> {
        let is_new = !self.owners.contains_key(self.current.get(agent)?);
        let claimed = self.claim(agent, run);
        self.current.remove(agent);
        claimed.filter(|_| is_new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_in_one_message_until_it_enters_the_next() {
        let mut messages = Messages::default();
        assert_eq!(messages.claim("A", None), None);

        messages.enter("A", "m-1");
        assert_eq!(messages.claim("A", None).as_deref(), Some("m-1"));
        assert_eq!(messages.claim("A", None).as_deref(), Some("m-1"));
        assert_eq!(messages.claim("B", None), None);
        messages.enter("A", "");
        assert_eq!(messages.claim("A", None), None);
    }

    #[test]
    fn a_message_belongs_to_one_run() {
        let mut messages = Messages::default();
        messages.enter("A", "m-1");
        assert!(messages.claim("A", Some("run-1")).is_some());
        assert_eq!(messages.claim("A", Some("run-2")), None);
    }

    #[test]
    fn a_result_has_a_message_for_itself() {
        let mut messages = Messages::default();
        messages.enter("A", "m-1");
        assert_eq!(messages.take("A", None).as_deref(), Some("m-1"));
        assert_eq!(messages.take("A", None), None);
        // The message that the agent was in before is no result's.
        messages.enter("A", "m-2");
        messages.claim("A", None);
        assert_eq!(messages.take("A", None), None);
    }
}
