//! One client: asks a question, reads the answer in its own way, and checks it.

use std::ops::AddAssign;
use std::time::Duration;

use serde_json::Value;

use crate::Lots;
use crate::agent::Behaviour;
use crate::platform::Platform;

/// Longer than any stream here, so that a stream without an end fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(300);

/// Head, separator, comment, `start` and two more: the reader leaves in the middle of the answer.
const LAST_PIECE: u32 = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Manner {
    Reads,
    /// Reads the first pieces slowly.
    Slow,
    /// Leaves after a few pieces.
    Leaves,
}

impl Manner {
    pub(crate) fn draw(lots: &mut Lots) -> Self {
        match lots.draw(10) {
            0 => Self::Leaves,
            1 => Self::Slow,
            _ => Self::Reads,
        }
    }
}

/// What the clients have received.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) streams: u64,
    pub(crate) chunks: u64,
    pub(crate) bytes: usize,
}

impl AddAssign for Seen {
    fn add_assign(&mut self, other: Self) {
        self.streams += other.streams;
        self.chunks += other.chunks;
        self.bytes += other.bytes;
    }
}

pub(crate) async fn ask(
    platform: &Platform,
    token: &str,
    behaviour: Behaviour,
    manner: Manner,
) -> Seen {
    let mut pieces = platform
        .invoke(token, &format!("{token} {behaviour:?}"))
        .await;
    let mut answer = Vec::new();
    let mut count = 0;
    let read = tokio::time::timeout(PATIENCE, async {
        while let Some(piece) = pieces.recv().await {
            answer.extend_from_slice(&piece);
            count += 1;
            match manner {
                Manner::Slow if count < 20 => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Manner::Leaves if count == LAST_PIECE => return,
                Manner::Reads | Manner::Slow | Manner::Leaves => {}
            }
        }
    });
    let answer_ended = read.await;
    assert!(answer_ended.is_ok(), "{behaviour:?} {manner:?} had no end");
    let text = String::from_utf8(answer).unwrap();
    let chunks = check(&text, token, behaviour, manner);
    Seen {
        streams: 1,
        chunks,
        bytes: text.len(),
    }
}

/// The number of chunks.
fn check(text: &str, token: &str, behaviour: Behaviour, manner: Manner) -> u64 {
    // The words are in angle brackets, and nothing else is.
    for word in text.split('<').skip(1) {
        let (word, _) = word.split_once('>').unwrap();
        assert_eq!(format!("<{word}>"), token, "somebody else's word");
    }
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let events: Vec<Value> = data
        .filter_map(|data| serde_json::from_str(data).ok())
        .collect();
    let count = |kind: &str| events.iter().filter(|event| event["type"] == kind).count() as u64;
    let chunks = count("chunk");
    if manner == Manner::Leaves {
        assert!(count("complete") + count("error") <= 1, "{text}");
        return chunks;
    }
    assert_eq!(
        count("complete") + count("error"),
        1,
        "{behaviour:?}: {text}"
    );
    let end = events.last().unwrap();
    assert_eq!(end["error"].as_str(), behaviour.error(), "{behaviour:?}");
    if behaviour == Behaviour::Break {
        // A broken connection may lose what was on its way.
        assert!(chunks <= behaviour.words());
    } else {
        assert_eq!(chunks, behaviour.words(), "{behaviour:?} {manner:?}");
    }
    assert_eq!(end["chunkCount"], chunks);
    chunks
}
