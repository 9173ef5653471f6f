//! Any JSON, and any single change to a given one.

use proptest::prelude::*;
use serde_json::{Map, Value};

/// Any JSON, not too large.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z]{0,8}", inner, 0..4)
                .prop_map(|map| Value::Object(Map::from_iter(map))),
        ]
    })
}

/// A change to one value of a tree.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Remove,
    Replace(Value),
    /// Turned into its own text, as by a program that serialises twice.
    Quote,
}

/// A change, and the index of the value that it changes.
pub(crate) fn any_change() -> impl Strategy<Value = (prop::sample::Index, Change)> {
    let change = prop_oneof![
        Just(Change::Remove),
        any_json().prop_map(Change::Replace),
        Just(Change::Quote),
    ];
    (any::<prop::sample::Index>(), change)
}

/// Makes `change` to the value at `index` of all values in `tree`.
pub(crate) fn changed(mut tree: Value, index: prop::sample::Index, change: &Change) -> Value {
    let mut pointers = Vec::new();
    collect(&tree, String::new(), &mut pointers);
    let pointer = index.get(&pointers).clone();
    match change {
        Change::Remove => {
            if let Some((parent, name)) = pointer.rsplit_once('/')
                && let Some(Value::Object(parent)) = tree.pointer_mut(parent)
            {
                parent.remove(&name.replace("~1", "/").replace("~0", "~"));
            }
        }
        Change::Replace(value) => *tree.pointer_mut(&pointer).unwrap() = value.clone(),
        Change::Quote => {
            let value = tree.pointer_mut(&pointer).unwrap();
            *value = Value::from(value.to_string());
        }
    }
    tree
}

/// The JSON pointers of all values in `value`.
fn collect(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(value, format!("{pointer}/{name}"), pointers);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{pointer}/{index}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(pointer);
}
