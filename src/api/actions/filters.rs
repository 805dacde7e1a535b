//! The filters in a body: the parameters of the list of deliveries, by name.

use serde_json::{Map, Value};

use crate::api::Problem;
use crate::api::deliveries::conditions_of;
use crate::operator::Operator;
use crate::query::{Mistake, Words};
use crate::store::Condition;

/// Returns the conditions that the filters describe.
pub(super) async fn conditions(
    operator: &Operator,
    filters: &Map<String, Value>,
) -> Result<Vec<Condition>, Problem> {
    conditions_of(operator, words(filters)?).await
}

/// Reads texts, booleans and lists of texts as parameters.
fn words(filters: &Map<String, Value>) -> Result<Words, Mistake> {
    let text = |name: &str, value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(is) => Ok(is.to_string()),
        Value::Null => Ok(String::new()),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(Mistake::new(name, "expected a text, a boolean or a list of texts"))
        }
    };
    let mut pairs = Vec::new();
    for (name, value) in filters {
        match value.as_array() {
            Some(values) => {
                for value in values {
                    pairs.push((name.clone(), text(name, value)?));
                }
            }
            None => pairs.push((name.clone(), text(name, value)?)),
        }
    }
    Words::of(pairs)
}
