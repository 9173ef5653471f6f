//! The JSON Schema of gateway.yaml, made from the types that read it: editors check and explain the file with it.

use schemars::schema_for;
use serde_json::Value;

use super::file::{GatewayYaml, Overlays};

/// The name of the file that `init` writes beside gateway.yaml, and that its first line points editors to.
pub const SCHEMA_FILE: &str = "gateway.schema.json";

/// The whole schema as JSON, by JSON Schema 2020-12.
pub fn text() -> String {
    let mut schema = schema_for!(GatewayYaml<Overlays>);
    schema.insert("title".to_owned(), TITLE.into());
    format!("{:#}\n", schema.to_value())
}

/// Whether a file's text is such a schema, of this version or another.
pub fn is_ours(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|schema| schema["title"] == TITLE)
}

const TITLE: &str = "gateway.yaml of provision";
