use super::*;
use crate::dialect::attachment::{Label, of_base64};

fn said(text: &str) -> Content {
    Content {
        text: text.to_owned(),
        ..Content::default()
    }
}

fn asked(texts: &[&str]) -> Conversation {
    let mut conversation = Conversation::default();
    for text in texts {
        conversation.user(said(text)).unwrap();
    }
    conversation
}

fn drafted(conversation: Conversation) -> (String, Vec<String>) {
    let mut draft = Draft::default();
    conversation.into_draft(&mut draft).unwrap();
    let history = draft.history.into_iter();
    (draft.question, history.map(|turn| turn.text).collect())
}

/// A dialect whose files are `{"type": "file", "data": …}`.
fn read_file(part: Attachment<'_>) -> Result<File, Refusal> {
    #[derive(Deserialize)]
    struct Body {
        data: String,
    }
    match part.kind {
        "file" => of_base64(part.place, Label::default(), &part.parse::<Body>()?.data),
        _ => Err(part.unknown()),
    }
}

fn content(json: &str) -> Content {
    Content::read("messages[0]", json, read_file).unwrap()
}

#[test]
fn the_last_question_is_the_question_and_the_rest_is_history() {
    let mut conversation = asked(&["one"]);
    conversation.assistant("a".to_owned());
    conversation.assistant("b".to_owned());
    conversation.user(said("two")).unwrap();

    let (question, history) = drafted(conversation);
    assert_eq!(question, "two");
    assert_eq!(history, ["one", "a\n\nb"]);
}

#[test]
fn an_answered_question_is_not_asked_again() {
    let asked = |end: fn(&mut Conversation)| {
        let mut conversation = asked(&["one"]);
        end(&mut conversation);
        let mut draft = Draft::default();
        let refused = conversation.into_draft(&mut draft).err();
        (draft.question, refused.map(|refusal| refusal.code))
    };
    let refused = (String::new(), Some("nothing_asked"));
    assert_eq!(asked(|it| it.assistant("begun".to_owned())), refused);
    assert_eq!(asked(|it| it.assistant(String::new())), refused);
    assert_eq!(asked(Conversation::tool), refused);
    assert_eq!(
        asked(|it| it.user(Content::default()).unwrap()),
        (String::new(), None)
    );
}

#[test]
fn a_conversation_without_a_question_is_an_empty_question() {
    assert_eq!(drafted(Conversation::default()), (String::new(), vec![]));
}

#[test]
fn files_go_with_their_turn_and_need_no_text() {
    let mut conversation = Conversation::default();
    let first = r#"[{"type":"text","text":"one"},{"type":"file","data":"AQ=="}]"#;
    let last = r#"[{"type":"file","data":"Ag=="},{"type":"file","data":"Aw=="}]"#;
    conversation.user(content(first)).unwrap();
    conversation.assistant("a".to_owned());
    conversation.user(content(last)).unwrap();

    let mut draft = Draft::default();
    conversation.into_draft(&mut draft).unwrap();
    let bytes = |files: &[File]| files.iter().map(|file| file.bytes[0]).collect::<Vec<_>>();
    assert_eq!(
        (draft.question.as_str(), bytes(&draft.files)),
        ("", vec![2, 3])
    );
    assert_eq!(bytes(&draft.history[0].files), [1]);
}

#[test]
fn a_part_that_nobody_knows_is_refused_by_name_where_it_is_asked() {
    let unknown = r#"[{"type":"text","text":"what is this?"},{"type":"hologram"}]"#;
    let mut conversation = Conversation::default();
    conversation.user(content(unknown)).unwrap();
    let refusal = conversation.into_draft(&mut Draft::default()).unwrap_err();
    assert!(
        refusal.message.contains("`hologram`"),
        "{}",
        refusal.message
    );

    // Whoever was refused can go on.
    let mut conversation = Conversation::default();
    conversation.user(content(unknown)).unwrap();
    conversation.user(said("and this?")).unwrap();
    assert_eq!(drafted(conversation).0, "and this?");
}

#[test]
fn too_many_files_are_refused() {
    let mut conversation = Conversation::default();
    let one = r#"[{"type":"file","data":"AQ=="}]"#;
    for _ in 0..MOST_FILES {
        conversation.user(content(one)).unwrap();
    }
    assert!(conversation.user(content(one)).is_err());
}
