//! The texts that are open: agents speak in turns or at the same time, and some clients need to know
//! where each text begins and ends.

/// The kind of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Answer,
    Reasoning,
}

/// An open text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) agent: String,
    pub(super) form: Form,
    /// Unique in this stream.
    pub(super) id: String,
}

/// A piece of text finds its span.
#[derive(Debug)]
pub(super) struct Piece<'a> {
    pub(super) span: &'a Span,
    /// This piece is the first of the span.
    pub(super) begins: bool,
}

/// The open texts of one stream.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// The beginning of every id.
    prefix: String,
    /// Oldest first.
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

    /// The text that a piece of `agent` belongs to; one begins if none is open.
    pub(super) fn of(&mut self, agent: &str, form: Form) -> Piece<'_> {
        self.named(agent, form, || None)
    }

    /// The same; one that begins has the agent's own id, if there is one.
    pub(super) fn named(
        &mut self,
        agent: &str,
        form: Form,
        id: impl FnOnce() -> Option<String>,
    ) -> Piece<'_> {
        let known = self
            .open
            .iter()
            .position(|span| span.form == form && span.agent == agent);
        let at = known.unwrap_or_else(|| {
            self.begun += 1;
            let made_up = || format!("{}{agent}-{}", self.prefix, self.begun);
            let id = id().unwrap_or_else(made_up);
            self.open.push(Span {
                agent: agent.to_owned(),
                form,
                id,
            });
            self.open.len() - 1
        });
        Piece {
            span: &self.open[at],
            begins: known.is_none(),
        }
    }

    /// Ends the texts of `agent`.
    pub(super) fn end(&mut self, agent: &str) -> Vec<Span> {
        self.open
            .extract_if(.., |span| span.agent == agent)
            .collect()
    }

    /// Ends all texts.
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
            let piece = spans.of(agent, form);
            (piece.span.id.clone(), piece.begins)
        };

        assert_eq!(of("A", Form::Answer), ("r-A-1".to_owned(), true));
        assert_eq!(of("B", Form::Answer), ("r-B-2".to_owned(), true));
        assert_eq!(of("A", Form::Reasoning), ("r-A-3".to_owned(), true));
        assert_eq!(of("A", Form::Answer), ("r-A-1".to_owned(), false));

        let ended: Vec<_> = spans.end("A").into_iter().map(|span| span.id).collect();
        assert_eq!(ended, ["r-A-1", "r-A-3"]);
        assert_eq!(spans.of("A", Form::Answer).span.id, "r-A-4");
        assert_eq!(spans.end_all().len(), 2);
        assert!(spans.end_all().is_empty());
    }
}
