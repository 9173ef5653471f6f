//! Puts the sources together: a flag, else its environment variable, else the overlay of `--env`, else
//! gateway.yaml, else a default.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::agents::{Agents, Fault};
use super::error::{
    AGENT_ALIAS, AGENT_HARNESS, AGENT_ID, AGENT_RUNTIME, ConfigError, NAME, PERMISSIONS_BOUNDARY,
    REGION, Setting,
};
use super::file::{AgentYaml, GatewayYaml, Overlay, Overlays};
use super::flags::{DEFAULT_FILE, SettingFlags};
use super::position::position;
use super::values::{InvalidValue, Name};
use super::{Config, Needs, Settled, cors, jwt, keys, parse, variables};
use crate::deployment::access::Auth;

impl Config {
    /// Reads gateway.yaml and lays its overlay, environment variables and flags over it.
    pub fn load(args: &SettingFlags, needs: Needs) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(&args.config) {
            Ok(text) => text,
            Err(error)
                if error.kind() == std::io::ErrorKind::NotFound
                    && args.config == Path::new(DEFAULT_FILE) =>
            {
                String::new()
            }
            Err(source) => {
                return Err(ConfigError::Unreadable {
                    path: args.config.clone(),
                    source,
                });
            }
        };
        Self::resolve(&text, args, needs)
    }

    /// The same without I/O: `text` is what the configuration file contains.
    pub fn resolve(text: &str, args: &SettingFlags, needs: Needs) -> Result<Self, ConfigError> {
        // The byte order mark, which editors on Windows write.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let wrong = |path: &[&str], message: &str| mistake(text, args, path, message);
        let mut file = parse::parse(text, &args.config)?;
        let overlay = overlay(&mut file, args.env.as_deref())?;
        let name = name(&file, overlay.as_ref(), args, needs)?;
        let yaml = overlay.map_or_else(Overlay::default, |(_, overlay)| overlay);
        let mut yaml = yaml.over(file);
        let local = |text: &str| {
            (needs == Needs::Nothing)
                .then(|| text.parse().ok())
                .flatten()
        };
        let region = given(args.region.as_deref(), REGION)?.or_else(|| yaml.region.clone());
        let region = region.or_else(|| local("ap-northeast-1"));

        let mut missing = Vec::new();
        missing.extend(name.is_none().then_some(NAME));
        missing.extend(region.is_none().then_some(REGION));
        let agents = match Agents::of(&yaml, flags_agent(args)?, region.as_ref()) {
            Ok(agents) => Some(agents),
            Err(Fault::Wrong { path, message }) => {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                return Err(wrong(&path, &message));
            }
            Err(Fault::Missing(settings)) => {
                if needs == Needs::Deployment {
                    missing.extend(settings);
                }
                (needs == Needs::Nothing).then(Agents::local).flatten()
            }
        };
        let (Some(name), Some(region), true) = (name, region, missing.is_empty()) else {
            return Err(ConfigError::Missing { settings: missing });
        };
        let boundary = given(args.permissions_boundary.as_deref(), PERMISSIONS_BOUNDARY)?;
        yaml.permissions_boundary = boundary.or(yaml.permissions_boundary);
        let (auth, jwt) = jwt::access(yaml.auth, yaml.jwt.take(), &wrong)?;
        if auth != Auth::Iam && yaml.role_sessions.is_some() {
            return Err(wrong(
                &["role_sessions"],
                "has no effect without `auth: iam`",
            ));
        }
        cors::check(yaml.cors.as_ref(), &wrong)?;
        let pass_caller = jwt::pass_caller(yaml.pass_caller, auth, jwt.as_ref(), &wrong)?;
        if let Some(agents) = agents.as_ref().filter(|_| !pass_caller) {
            agents
                .need_no_caller(yaml.agents.is_some())
                .map_err(|path| {
                    let path: Vec<&str> = path.iter().map(String::as_str).collect();
                    wrong(
                        &path,
                        "has `${caller}`, which agents are told with `pass_caller: true` only",
                    )
                })?;
        }
        let env_file = yaml.env_file.take();
        let env_file = env_file.unwrap_or_else(|| default_env_file(args.env.as_deref()));
        keys::distinct(&yaml.tags).map_err(|(key, message)| wrong(&["tags", key], &message))?;
        keys::few(&yaml.tags).map_err(|message| wrong(&["tags"], &message))?;
        let settled = Settled {
            name,
            region,
            agents,
            auth,
            jwt,
            pass_caller,
            env_file: beside(&args.config, env_file),
        };
        Self::of(yaml, settled).fits()
    }

    /// Lambda takes 4 KB of environment variables, counted as JSON.
    fn fits(self) -> Result<Self, ConfigError> {
        const LIMIT: usize = 4096;

        let Some(agents) = &self.agents else {
            return Ok(self);
        };
        let variables = variables::environment(&self, agents);
        let bytes = serde_json::json!(variables).to_string().len();
        if bytes > LIMIT {
            let size = |(name, value): (&String, &String)| (name.len() + value.len(), name.clone());
            let (of_largest, largest) = variables.iter().map(size).max().unwrap_or_default();
            return Err(ConfigError::EnvironmentTooLarge {
                bytes,
                limit: LIMIT,
                largest,
                of_largest,
            });
        }
        Ok(self)
    }
}

/// The overlay that `--env` asks for.
fn overlay(
    file: &mut GatewayYaml,
    env: Option<&str>,
) -> Result<Option<(Name, Overlay)>, ConfigError> {
    let Some(wanted) = env else {
        return Ok(None);
    };
    let Overlays(known) = std::mem::take(&mut file.environments);
    let names = known.keys().map(ToString::to_string).collect();
    let found = known.into_iter().find(|(name, _)| name.as_str() == wanted);
    let found = found.ok_or_else(|| ConfigError::UnknownEnvironment {
        name: wanted.to_owned(),
        known: names,
    })?;
    Ok(Some(found))
}

/// The deployment's name. `--env staging` appends `-staging`, so that deployments stand side by
/// side and none takes the place of another; unless the overlay has a name of its own.
fn name(
    file: &GatewayYaml,
    overlay: Option<&(Name, Overlay)>,
    args: &SettingFlags,
    needs: Needs,
) -> Result<Option<Name>, ConfigError> {
    let flag: Option<Name> = given(args.name.as_deref(), NAME)?;
    let own = overlay.and_then(|(_, overlay)| overlay.name.clone());
    let local = || "magi".parse().ok().filter(|_| needs == Needs::Nothing);
    let base = match (flag, own) {
        (None, Some(own)) => return Ok(Some(own)),
        (flag, _) => flag.or_else(|| file.name.clone()).or_else(local),
    };
    let (Some(base), Some((env, _))) = (&base, overlay) else {
        return Ok(base);
    };
    let name = format!("{base}-{env}");
    match name.parse() {
        Ok(name) => Ok(Some(name)),
        Err(refused) => Err(ConfigError::Name { name, refused }),
    }
}

/// The agent that flags or their variables name, if they do.
fn flags_agent(args: &SettingFlags) -> Result<Option<AgentYaml>, ConfigError> {
    let agent = AgentYaml {
        id: given(args.agent_id.as_deref(), AGENT_ID)?,
        alias: given(args.agent_alias.as_deref(), AGENT_ALIAS)?,
        runtime: given(args.agent_runtime.as_deref(), AGENT_RUNTIME)?,
        harness: given(args.agent_harness.as_deref(), AGENT_HARNESS)?,
        ..AgentYaml::default()
    };
    Ok((!agent.kinds().is_empty()).then_some(agent))
}

/// A mistake that shows only when several settings are seen together, at the place of one of them:
/// in the overlay, if it stands there.
fn mistake(text: &str, args: &SettingFlags, path: &[&str], message: &str) -> ConfigError {
    let env = args.env.as_deref().unwrap_or_default();
    let in_overlay = [&["environments", env], path].concat();
    let paths = [in_overlay.as_slice(), path];
    let found = paths
        .into_iter()
        .find_map(|path| Some((path, position(text, path)?)));
    let (path, at) = found.map_or((path, None), |(path, at)| (path, Some(at)));
    let message = format!("{}: {message}", path.join("."));
    ConfigError::InvalidFile {
        mistakes: vec![parse::placed(&args.config, at.as_ref(), &message)],
    }
}

/// The value of a flag or its environment variable.
fn given<T: FromStr<Err = InvalidValue>>(
    text: Option<&str>,
    setting: Setting,
) -> Result<Option<T>, ConfigError> {
    let Setting {
        key: _,
        flag,
        variable,
    } = setting;
    text.map(str::parse)
        .transpose()
        .map_err(|refused| ConfigError::InvalidFlag {
            flag,
            variable,
            refused,
        })
}

/// Web frameworks read `.env.staging.local` in the mode `staging`, and `.env.local` in all.
fn default_env_file(env: Option<&str>) -> PathBuf {
    PathBuf::from(match env {
        Some(env) => format!(".env.{env}.local"),
        None => ".env.local".to_owned(),
    })
}

/// `path` as seen from the directory of the configuration file.
fn beside(config: &Path, path: PathBuf) -> PathBuf {
    match config.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory.join(path),
        _ => path,
    }
}
