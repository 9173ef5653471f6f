use super::*;

fn council(members: &[(&str, &str)]) -> Council {
    let settings = members.iter().map(|(agent, role)| {
        let settings = MemberSettings {
            name: Some(format!("{agent}さん")),
            role: Some((*role).to_owned()),
        };
        ((*agent).to_owned(), settings)
    });
    Council::new(Arc::new(settings.collect()), "SOLOMON".to_owned())
}

fn status(agent: &str, state: State) -> Event {
    Event::Status {
        agent: agent.to_owned(),
        state,
    }
}

fn chunk(agent: &str) -> Event {
    Event::Chunk {
        agent: agent.to_owned(),
        content: "x".to_owned(),
    }
}

/// What is told, a word or two an event.
fn told(council: &mut Council, events: impl IntoIterator<Item = Event>) -> Vec<String> {
    let mut told = VecDeque::new();
    for event in events {
        council.hear(event, &mut told);
    }
    council.end(&mut told);
    let told = told.into_iter().map(|event| match event {
        Event::Agent(member) => {
            let role = member.role.as_deref().unwrap_or("-");
            format!("{} is {} ({role})", member.agent, member.name)
        }
        Event::Status { agent, state } => format!("{agent} {state:?}"),
        Event::Chunk { agent, .. } => format!("{agent} speaks"),
        other => format!("{other:?}"),
    });
    told.collect()
}

#[test]
fn introduces_each_agent_once_and_tells_changes_only() {
    let mut council = council(&[("CASPAR", "sage")]);

    assert_eq!(
        told(
            &mut council,
            [
                status("CASPAR", State::Thinking),
                status("CASPAR", State::Thinking),
                chunk("CASPAR"),
                chunk("CASPAR"),
                chunk("SOLOMON"),
            ]
        ),
        [
            "CASPAR is CASPARさん (sage)",
            "CASPAR Thinking",
            "CASPAR Answering",
            "CASPAR speaks",
            "CASPAR speaks",
            "SOLOMON is SOLOMON (-)",
            "SOLOMON Answering",
            "SOLOMON speaks",
            "CASPAR Done",
            "SOLOMON Done",
        ]
    );
}

#[test]
fn who_was_asked_judges_once_all_others_are_done() {
    let mut council = council(&[]);
    let told = told(
        &mut council,
        [
            status("SOLOMON", State::Thinking),
            status("CASPAR", State::Thinking),
            status("MELCHIOR", State::Thinking),
            status("CASPAR", State::Done),
            status("SOLOMON", State::Thinking),
            status("MELCHIOR", State::Done),
            status("SOLOMON", State::Thinking),
            chunk("SOLOMON"),
        ],
    );

    let solomon: Vec<_> = told
        .iter()
        .filter(|line| line.starts_with("SOLOMON"))
        .collect();
    assert_eq!(
        solomon,
        [
            "SOLOMON is SOLOMON (-)",
            "SOLOMON Thinking",
            "SOLOMON Judging",
            "SOLOMON Answering",
            "SOLOMON speaks",
            "SOLOMON Done"
        ]
    );
}

#[test]
fn a_configured_judge_takes_the_place_of_who_was_asked() {
    let mut council = council(&[("MELCHIOR", "judge")]);
    let told = told(
        &mut council,
        [
            status("CASPAR", State::Done),
            status("SOLOMON", State::Thinking),
            status("SOLOMON", State::Done),
            status("MELCHIOR", State::Thinking),
        ],
    );

    assert!(told.contains(&"SOLOMON Thinking".to_owned()), "{told:?}");
    assert!(told.contains(&"MELCHIOR Judging".to_owned()), "{told:?}");
}

#[test]
fn an_agent_that_only_leaves_a_trace_is_introduced() {
    let mut council = council(&[]);
    let mut told = VecDeque::new();
    council.hear(
        Event::Trace {
            agent: "CASPAR".to_owned(),
            trace: crate::event::Trace::default(),
        },
        &mut told,
    );

    assert!(matches!(&told[0], Event::Agent(member) if member.agent == "CASPAR"));
    assert_eq!(told.len(), 2);
}
