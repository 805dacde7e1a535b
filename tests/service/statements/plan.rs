//! What is wrong with a plan.

use serde_json::Value;
use testing::explained::Explained;
use testing::statements::{BOUNDED, Cost};

/// A plan that costs more than this contains a node that the planner was told to avoid: a disabled
/// node costs 10^10.
const AVOIDED: f64 = 1e9;

/// Returns the problems of a statement's execution. A statement without a stated cost is not ours.
pub(super) fn problems(one: &Explained, cost: Option<Cost>) -> Vec<String> {
    let mut problems = Vec::new();
    if one.is_compiled {
        problems.push("it was compiled".to_owned());
    }
    let (whole_tables, limits) = match cost {
        None => (&[][..], None),
        Some(Cost::FewRows(limits)) => (&[][..], Some(limits)),
        Some(Cost::WholeTables(tables, limits)) => (tables, Some(limits)),
        Some(Cost::NoPlan) => {
            problems.push("it has a plan, and the list says that it has none".to_owned());
            (&[][..], None)
        }
    };
    let mut scans = Scans { whole_tables, problems: &mut problems };
    scans.check(&one.plan, false);
    if one.plan["Total Cost"].as_f64().unwrap() > AVOIDED {
        problems.push(format!("it costs {}", one.plan["Total Cost"]));
    }
    let blocks = blocks(&one.plan);
    if limits.is_some_and(|limits| blocks > limits.blocks) {
        problems.push(format!("it reads {blocks} blocks"));
    }
    problems
}

struct Scans<'a> {
    /// Tables that may be read whole.
    whole_tables: &'a [&'a str],
    problems: &'a mut Vec<String>,
}

impl Scans<'_> {
    /// Checks a node and those below it. `has_limit` says whether a node above stops it after some
    /// rows.
    fn check(&mut self, node: &Value, has_limit: bool) {
        let kind = node["Node Type"].as_str().unwrap();
        let has_condition = node.get("Index Cond").is_some();
        let is_whole = match kind {
            "Seq Scan" | "Bitmap Heap Scan" => true,
            "Index Scan" | "Index Only Scan" => !has_condition && !has_limit,
            _ => false,
        };
        if is_whole && let Some(table) = node["Relation Name"].as_str() {
            let table = if table.starts_with("deliveries_") { "deliveries" } else { table };
            let is_known = BOUNDED.contains(&table) || self.whole_tables.contains(&table);
            if !is_known && !table.starts_with("pg_") {
                self.problems.push(format!("{kind} of all of {table}"));
            }
        }
        if node["Disabled"] == true {
            self.problems.push(format!("{kind} is disabled"));
        }
        let has_limit = match kind {
            "Limit" => true,
            // They read everything before they give the first row.
            "Sort" | "Aggregate" | "Hash" | "Materialize" => false,
            _ => has_limit,
        };
        for below in node["Plans"].as_array().into_iter().flatten() {
            self.check(below, has_limit);
        }
    }
}

/// Returns the blocks that a plan has read or written. The root does not count the parts of a
/// statement that write beside it, so they are added. Those that the root reads count twice.
fn blocks(plan: &Value) -> u64 {
    let of = |node: &Value| {
        let count = |name: &str| node[name].as_u64().unwrap_or_default();
        count("Shared Hit Blocks") + count("Shared Read Blocks")
    };
    let below = plan["Plans"].as_array().into_iter().flatten();
    let beside = below.filter(|node| node["Parent Relationship"] == "InitPlan");
    of(plan) + beside.map(of).sum::<u64>()
}
