//! What stands in the way of a deployment, found out before anything is changed. Pure; `aws` asks
//! about the agents.

use super::finding::{Finding, Grade};
use crate::config::{AgentKey, History, Protocol, Region};
use crate::deployment::names::Names;
use crate::deployment::state::Live;
use crate::hint::Complaint;
use crate::plan::seen::{AgentSeen, Kept, Memory, Seen, Spoken, Unread};

/// Regions without function URLs. Source: the AWS General Reference's list of Lambda features by
/// Region, November 2026.
const WITHOUT_FUNCTION_URLS: [&str; 11] = [
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
];

/// All findings at once; none if nothing stands in the way.
pub(crate) fn preflight(region: &Region, names: &Names, seen: &Seen) -> Vec<Finding> {
    let place = place(region, &seen.live);
    let network = network(names, &seen.live);
    let agents = match &seen.agents {
        Ok(agents) => agents.iter().flat_map(agent).collect(),
        Err(Complaint { why, hint: _ }) => {
            let message = format!("could not look whether the agents are ready: {why}");
            vec![Finding::new(Grade::Note, message)]
        }
    };
    place.into_iter().chain(network).chain(agents).collect()
}

fn place(region: &Region, live: &Live) -> Option<Finding> {
    let region = region.to_string();
    let is_without = WITHOUT_FUNCTION_URLS.contains(&region.as_str());
    (is_without && live.url.is_none()).then(|| {
        let message = format!("Lambda has no function URLs in {region}");
        let remedy = "deploy to the Region of your agent, or move both to one that has them";
        Finding::new(Grade::Broken, message).remedy(remedy)
    })
}

fn network(names: &Names, live: &Live) -> Option<Finding> {
    let vpc = live.function.as_ref()?.vpc.as_ref()?;
    let function = &names.function;
    let message = format!(
        "function `{function}` runs in {vpc}, and function URLs do not stream inside a VPC"
    );
    let remedy = format!(
        "take it out: aws lambda update-function-configuration --function-name {function} \
         --vpc-config SubnetIds=[],SecurityGroupIds=[]"
    );
    Some(Finding::new(Grade::Broken, message).remedy(remedy))
}

fn agent(seen: &AgentSeen) -> Vec<Finding> {
    let protocol = match (&seen.status, &seen.spoken) {
        // There is nothing that could speak.
        (Err(Unread::Missing), _) | (_, None) => None,
        (_, Some(spoken)) => protocol(&seen.key, spoken),
    };
    let findings = [status(seen), protocol, conversation(seen)];
    findings.into_iter().flatten().collect()
}

/// Whether a runtime is asked in the protocol that it was made with.
fn protocol(key: &AgentKey, spoken: &Spoken) -> Option<Finding> {
    let Spoken {
        runtime,
        configured,
        made_with,
    } = spoken;
    let of_runtime = format!("agents.{key}: runtime `{runtime}`");
    let made_with = match made_with {
        Ok(made_with) => made_with,
        // Whoever deploys need not be allowed to look at agents.
        Err(Complaint { why, hint }) => {
            return Some(Finding {
                grade: Grade::Note,
                message: format!("agents.{key}: could not look which protocol it speaks: {why}"),
                remedy: hint.clone(),
            });
        }
    };
    match Protocol::of_server(made_with) {
        Some(same) if same == *configured => None,
        // Its program is asked at the same place in each of them, and need not have told AWS what it reads.
        Some(Protocol::Http) => {
            let message = format!(
                "{of_runtime} was made with the protocol HTTP and is asked in `{configured}`: that works only if its \
                 program reads such requests"
            );
            Some(Finding::new(Grade::Note, message))
        }
        Some(other @ (Protocol::AgUi | Protocol::A2a)) => {
            let message = format!(
                "{of_runtime} was made with the protocol {made_with} and is asked in `{configured}`: it would refuse \
                 every question"
            );
            let remedy = format!("write `protocol: {other}` beside `runtime` in gateway.yaml");
            Some(Finding::new(Grade::Broken, message).remedy(remedy))
        }
        None if made_with == "MCP" => {
            let message =
                format!("{of_runtime} is an MCP server: it has tools, and answers no questions");
            let remedy = "give the runtime of an agent that uses these tools";
            Some(Finding::new(Grade::Broken, message).remedy(remedy))
        }
        None => {
            let message = format!(
                "{of_runtime} was made with the protocol {made_with}, which this version does not know, and is asked \
                 in `{configured}`"
            );
            Some(Finding::new(Grade::Note, message))
        }
    }
}

fn status(seen: &AgentSeen) -> Option<Finding> {
    let AgentSeen {
        key,
        resource,
        status,
        spoken: _,
        kept: _,
    } = seen;
    let broken =
        |what: &str| Finding::new(Grade::Broken, format!("agents.{key}: {resource} {what}"));
    let finding = match status.as_deref() {
        // A newer version or draft is on its way; the one before still answers.
        Ok("PREPARED" | "READY" | "UPDATING" | "VERSIONING") => return None,
        Ok("NOT_PREPARED") => broken("is not prepared")
            .remedy("prepare it: aws bedrock-agent prepare-agent --agent-id ID"),
        Ok(status @ ("CREATING" | "PREPARING")) => {
            broken(&format!("is {status}")).remedy("wait until it is ready")
        }
        Ok(status) => broken(&format!("is {status}"))
            .remedy("look at it in the console; it cannot be asked like this"),
        Err(Unread::Missing) => broken("does not exist in this account and Region").remedy(
            "check its id, `--region` and `--profile`; `provision init` lists what there is",
        ),
        // Whoever deploys need not be allowed to look at agents.
        Err(Unread::Refused(Complaint { why, hint })) => Finding {
            grade: Grade::Note,
            message: format!("agents.{key}: could not look whether it is ready: {why}"),
            remedy: hint.clone(),
        },
    };
    Some(finding)
}

/// Whether a harness and gateway.yaml agree on who keeps the conversation.
fn conversation(seen: &AgentSeen) -> Option<Finding> {
    let (key, resource) = (&seen.key, &seen.resource);
    let Kept { configured, memory } = seen.kept?;
    let (what, remedy) = match (configured, memory) {
        (History::Session, Memory::On) | (History::Client, Memory::Off) => return None,
        (History::Session, Memory::Off) => (
            "has no memory, and forgets a conversation when its session's machine ends, by default after 15 \
             minutes without a question",
            "`history: client` sends it the whole conversation with each question, from clients that have it; \
             or give the harness a memory",
        ),
        (History::Client, Memory::On) => (
            "remembers its sessions, and with `history: client` it gets the whole conversation again with each \
             question, as a new one",
            "leave `history` out: then each message is sent once",
        ),
    };
    let message = format!("agents.{key}: {resource} {what}");
    Some(Finding::new(Grade::Note, message).remedy(remedy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::fixtures::{converged, desired, seen};

    fn looked(status: &str) -> AgentSeen {
        AgentSeen {
            key: AgentKey::default(),
            resource: "alias `LIVE` of agent `MAGICOUNCL`".to_owned(),
            status: Ok(status.to_owned()),
            spoken: None,
            kept: None,
        }
    }

    #[test]
    fn who_keeps_the_conversation_is_told_where_the_harness_says_otherwise() {
        let told = |configured, memory| {
            let seen = AgentSeen {
                kept: Some(Kept { configured, memory }),
                ..looked("READY")
            };
            conversation(&seen).map(|it| (it.grade, it.message.contains("no memory")))
        };
        assert_eq!(told(History::Session, Memory::On), None);
        assert_eq!(told(History::Client, Memory::Off), None);
        let (session, client) = (History::Session, History::Client);
        assert_eq!(told(session, Memory::Off), Some((Grade::Note, true)));
        assert_eq!(told(client, Memory::On), Some((Grade::Note, false)));
    }

    #[test]
    fn a_runtime_is_asked_in_the_protocol_that_it_was_made_with() {
        let told = |configured, made_with: &str| {
            let spoken = Spoken {
                runtime: "arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/a-AbC1234567"
                    .parse()
                    .unwrap(),
                configured,
                made_with: Ok(made_with.to_owned()),
            };
            let finding = protocol(&AgentKey::default(), &spoken);
            finding.map(|it| (it.grade, it.remedy.unwrap_or_default()))
        };
        for (configured, made_with) in [
            (Protocol::Http, "HTTP"),
            (Protocol::AgUi, "AGUI"),
            (Protocol::A2a, "A2A"),
        ] {
            assert_eq!(told(configured, made_with), None);
        }
        let (grade, remedy) = told(Protocol::Http, "A2A").unwrap();
        assert!(grade.is_wrong() && remedy.contains("`protocol: a2a`"));
        let (grade, remedy) = told(Protocol::A2a, "AGUI").unwrap();
        assert!(grade.is_wrong() && remedy.contains("`protocol: ag-ui`"));
        let (grade, remedy) = told(Protocol::Http, "MCP").unwrap();
        assert!(grade.is_wrong() && remedy.contains("uses these tools"));
        assert_eq!(told(Protocol::AgUi, "HTTP").unwrap().0, Grade::Note);
        assert_eq!(told(Protocol::Http, "NEW").unwrap().0, Grade::Note);
    }

    #[test]
    fn what_is_ready_or_on_its_way_stands_in_nobodys_way() {
        let desired = desired("AWS_IAM");
        let region = "ap-northeast-1".parse().unwrap();
        for status in ["PREPARED", "READY", "UPDATING", "VERSIONING"] {
            let live = converged(&desired);
            let found = preflight(&region, &desired.names, &seen(live, vec![looked(status)]));
            assert_eq!(found, [], "{status}");
        }
    }

    #[test]
    fn everything_comes_at_once() {
        let desired = desired("AWS_IAM");
        let mut live = converged(&desired);
        live.url = None;
        live.function.as_mut().unwrap().vpc = Some("vpc-1".to_owned());
        let region = "il-central-1".parse().unwrap();

        let found = preflight(
            &region,
            &desired.names,
            &seen(
                live,
                vec![looked("NOT_PREPARED"), looked("FAILED"), looked("CREATING")],
            ),
        );

        let messages: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "Lambda has no function URLs in il-central-1",
                "function `magi` runs in vpc-1, and function URLs do not stream inside a VPC",
                "agents.default: alias `LIVE` of agent `MAGICOUNCL` is not prepared",
                "agents.default: alias `LIVE` of agent `MAGICOUNCL` is FAILED",
                "agents.default: alias `LIVE` of agent `MAGICOUNCL` is CREATING",
            ]
        );
        assert!(
            found
                .iter()
                .all(|it| it.grade.is_wrong() && it.remedy.is_some())
        );
    }
}
