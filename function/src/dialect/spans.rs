//! Which texts are open: agents speak in turns or at once, and clients want to be told where each
//! text begins and where it ends.

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Answer,
    Reasoning,
}

/// A text under way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) agent: String,
    pub(super) form: Form,
    /// Unlike that of any other span of this stream.
    pub(super) id: String,
}

/// The texts under way, oldest first.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// What every id begins with.
    prefix: String,
    open: Vec<Span>,
    begun: u64,
}

impl Spans {
    pub(super) fn with_prefix(prefix: String) -> Self {
        Self {
            prefix,
            ..Self::default()
        }
    }

    /// The text that `agent` goes on with, and whether it begins only now.
    pub(super) fn of(&mut self, agent: &str, form: Form) -> (&Span, bool) {
        let known = self
            .open
            .iter()
            .position(|span| span.form == form && span.agent == agent);
        let at = known.unwrap_or_else(|| {
            self.begun += 1;
            self.open.push(Span {
                agent: agent.to_owned(),
                form,
                id: format!("{}{agent}-{}", self.prefix, self.begun),
            });
            self.open.len() - 1
        });
        (&self.open[at], known.is_none())
    }

    /// Ends what `agent` was saying.
    pub(super) fn end(&mut self, agent: &str) -> Vec<Span> {
        self.open
            .extract_if(.., |span| span.agent == agent)
            .collect()
    }

    /// Ends everything.
    pub(super) fn end_all(&mut self) -> Vec<Span> {
        std::mem::take(&mut self.open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_agent_has_a_text_of_its_own_until_it_ends() {
        let mut spans = Spans::with_prefix("r-".to_owned());
        let mut of = |agent, form| {
            let (span, begins) = spans.of(agent, form);
            (span.id.clone(), begins)
        };

        assert_eq!(of("A", Form::Answer), ("r-A-1".to_owned(), true));
        assert_eq!(of("B", Form::Answer), ("r-B-2".to_owned(), true));
        assert_eq!(of("A", Form::Reasoning), ("r-A-3".to_owned(), true));
        assert_eq!(of("A", Form::Answer), ("r-A-1".to_owned(), false));

        let ended: Vec<_> = spans.end("A").into_iter().map(|span| span.id).collect();
        assert_eq!(ended, ["r-A-1", "r-A-3"]);
        assert_eq!(spans.of("A", Form::Answer).0.id, "r-A-4");
        assert_eq!(spans.end_all().len(), 2);
        assert!(spans.end_all().is_empty());
    }
}
