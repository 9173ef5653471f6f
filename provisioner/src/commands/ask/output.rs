//! An answer on stdout, in the form that is wanted.

use serde::de::IgnoredAny;

use crate::gateway::dialect::{Dialect, Reader};
use crate::gateway::explain::Explainer;
use crate::gateway::transcript::Transcript;
use crate::terminal::printer::{PrintError, Printer};

/// How the answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people, coloured by agent.
    Text,
    /// For people: what each message was taken for, then the answer.
    Explained,
    /// The data of one event a line.
    Json,
    /// The bytes as they come.
    Raw,
}

impl Form {
    pub(crate) fn of(raw: bool, explain: bool, printer: Printer) -> Self {
        match (raw, printer.json(), explain) {
            (true, _, _) => Self::Raw,
            (false, true, _) => Self::Json,
            (false, false, true) => Self::Explained,
            (false, false, false) => Self::Text,
        }
    }
}

/// One answer on its way to stdout.
pub(super) struct Output {
    form: Form,
    printer: Printer,
    reader: Reader,
    pub(super) transcript: Transcript,
    explainer: Explainer,
    /// The answer, which comes after its explanation.
    answer: String,
}

impl Output {
    pub(super) fn new(dialect: Dialect, form: Form, printer: Printer) -> Self {
        Self {
            form,
            printer,
            reader: Reader::new(dialect),
            transcript: Transcript::default(),
            explainer: Explainer::default(),
            answer: String::new(),
        }
    }

    pub(super) fn bytes(&self, piece: &[u8]) -> Result<(), PrintError> {
        match self.form {
            Form::Raw => self.printer.raw(piece),
            Form::Text | Form::Explained | Form::Json => Ok(()),
        }
    }

    pub(super) fn event(&mut self, data: String) -> Result<(), PrintError> {
        let event = self.reader.read(&data);
        let shown = event.map(|event| self.transcript.show(event));
        match self.form {
            Form::Raw => Ok(()),
            Form::Text => self.print(shown),
            Form::Explained => {
                self.answer.extend(shown);
                let event = serde_json::from_str(&data).unwrap_or_default();
                let explained = self.explainer.take(&event);
                self.print(explained)
            }
            // What is no JSON says only that the stream ends.
            Form::Json if serde_json::from_str::<IgnoredAny>(&data).is_err() => Ok(()),
            Form::Json => self.printer.data(&(data + "\n")),
        }
    }

    /// What is still to be told after the last byte.
    pub(super) fn end(&mut self) -> Result<(), PrintError> {
        if self.form != Form::Explained {
            return Ok(());
        }
        let (rest, answer) = (self.explainer.rest(), std::mem::take(&mut self.answer));
        let summary = self.explainer.summary();
        self.print(Some(format!("{rest}\n{answer}{summary}")))
    }

    fn print(&self, text: Option<String>) -> Result<(), PrintError> {
        text.map_or(Ok(()), |text| self.printer.data(&text))
    }
}
