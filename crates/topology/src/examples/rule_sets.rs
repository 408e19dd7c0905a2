//! For every code of the rule-set checker an example that has the problem, and the same without it.

/// The example of a code and its fix; empty where there is none.
pub(super) fn of(code: &str) -> (&'static str, &'static str) {
    EXAMPLES
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or(("", ""), |(_, example, fix)| (example, fix))
}

const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "L0501",
        r#"{ "ruleLanguageVersion": "1.0", "teams": [ }
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}]
}
"#,
    ),
    (
        "L0502",
        r#"{
  // for two to four
  "ruleLanguageVersion": "1.0",
  "teams": [{ "name": "all", "minPlayers": 2, "maxPlayers": 4 }]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}]
}
"#,
    ),
    (
        "L0503",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{ "name": "all", "minPlayers": 2, "minPlayers": 3, "maxPlayers": 4 }]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}]
}
"#,
    ),
    (
        "L0505",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": {"name": "all"}
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}]
}
"#,
    ),
    (
        "L0506",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}]
}
"#,
    ),
    (
        "L0507",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "acceptance": true
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}]
}
"#,
    ),
    (
        "L0508",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "algorithm": {"strategy": "greedy"}
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "algorithm": {"strategy": "exhaustiveSearch"}
}
"#,
    ),
    (
        "L0509",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 0, "maxPlayers": 0}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}]
}
"#,
    ),
    (
        "L0510",
        r#"{
  "ruleLanguageVersion": "2.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}]
}
"#,
    ),
    (
        "L0511",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": []
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}]
}
"#,
    ),
    (
        "L0512",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "red", "minPlayers": 1, "maxPlayers": 2}, {"name": "red", "minPlayers": 1, "maxPlayers": 2}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "red", "minPlayers": 1, "maxPlayers": 2}, {"name": "blue", "minPlayers": 1, "maxPlayers": 2}]
}
"#,
    ),
    (
        "L0513",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 5, "maxPlayers": 4}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}]
}
"#,
    ),
    (
        "L0514",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 300}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "algorithm": {"strategy": "balanced", "balancedAttribute": "skill"}
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 200}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "algorithm": {"strategy": "balanced", "balancedAttribute": "skill"}
}
"#,
    ),
    (
        "L0515",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Near", "type": "average", "batchAttribute": "skill", "maxDistance": 10}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10}]
}
"#,
    ),
    (
        "L0516",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skil]"], "operation": ">=", "referenceValue": 50}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": ">=", "referenceValue": 50}]
}
"#,
    ),
    (
        "L0517",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[al].players.attributes[skill]"], "operation": ">=", "referenceValue": 50}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": ">=", "referenceValue": 50}]
}
"#,
    ),
    (
        "L0518",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "algorithm": {"batchingPreference": "sorted"},
  "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "algorithm": {"batchingPreference": "sorted", "sortByAttributes": ["skill"]},
  "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10}]
}
"#,
    ),
    (
        "L0519",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 20, "maxPlayers": 100}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "algorithm": {"strategy": "balanced"}
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 20, "maxPlayers": 100}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "algorithm": {"strategy": "balanced", "balancedAttribute": "skill"}
}
"#,
    ),
    (
        "L0520",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 20, "maxPlayers": 100}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 20, "maxPlayers": 100}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "algorithm": {"strategy": "balanced", "balancedAttribute": "skill"}
}
"#,
    ),
    (
        "L0521",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 20, "maxPlayers": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": ">=", "referenceValue": 50}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "algorithm": {"strategy": "balanced", "balancedAttribute": "skill"}
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 20, "maxPlayers": 100}],
  "rules": [{"name": "Fast", "type": "latency", "maxLatency": 100}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "algorithm": {"strategy": "balanced", "balancedAttribute": "skill"}
}
"#,
    ),
    (
        "L0522",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": ">="}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": ">=", "referenceValue": 50}]
}
"#,
    ),
    (
        "L0523",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10}],
  "algorithm": {"strategy": "exhaustiveSearch", "batchingPreference": "fastestRegion"}
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10}],
  "algorithm": {"strategy": "exhaustiveSearch", "batchingPreference": "random"}
}
"#,
    ),
    (
        "L0524",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skill"], "operation": ">=", "referenceValue": 50}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": ">=", "referenceValue": 50}]
}
"#,
    ),
    (
        "L0525",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": ">=", "referenceValue": 50}, {"name": "New", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": "<", "referenceValue": 50}, {"name": "Any", "type": "compound", "statement": "or(Pro New)"}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": ">=", "referenceValue": 50}, {"name": "New", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": "<", "referenceValue": 50}, {"name": "Any", "type": "compound", "statement": "or(Pro, New)"}]
}
"#,
    ),
    (
        "L0526",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": ">=", "referenceValue": 50}, {"name": "New", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": "<", "referenceValue": 50}, {"name": "Any", "type": "compound", "statement": "or(Pro, Old)"}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Pro", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": ">=", "referenceValue": 50}, {"name": "New", "type": "comparison", "measurements": ["teams[all].players.attributes[skill]"], "operation": "<", "referenceValue": 50}, {"name": "Any", "type": "compound", "statement": "or(Pro, New)"}]
}
"#,
    ),
    (
        "L0527",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "rules": [{"name": "Fast", "type": "latency", "maxLatency": 100}],
  "expansions": [{"target": "Fast.maxLatency", "steps": [{"waitTimeSeconds": 10, "value": 200}]}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "rules": [{"name": "Fast", "type": "latency", "maxLatency": 100}],
  "expansions": [{"target": "rules[Fast].maxLatency", "steps": [{"waitTimeSeconds": 10, "value": 200}]}]
}
"#,
    ),
    (
        "L0528",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "rules": [{"name": "Fast", "type": "latency", "maxLatency": 100}],
  "expansions": [{"target": "rules[Slow].maxLatency", "steps": [{"waitTimeSeconds": 10, "value": 200}]}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "rules": [{"name": "Fast", "type": "latency", "maxLatency": 100}],
  "expansions": [{"target": "rules[Fast].maxLatency", "steps": [{"waitTimeSeconds": 10, "value": 200}]}]
}
"#,
    ),
    (
        "L0529",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "rules": [{"name": "Fast", "type": "latency", "maxLatency": 100}],
  "expansions": [{"target": "rules[Fast].maxLatency", "steps": [{"waitTimeSeconds": 20, "value": 200}, {"waitTimeSeconds": 10, "value": 300}]}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "rules": [{"name": "Fast", "type": "latency", "maxLatency": 100}],
  "expansions": [{"target": "rules[Fast].maxLatency", "steps": [{"waitTimeSeconds": 10, "value": 200}, {"waitTimeSeconds": 20, "value": 300}]}]
}
"#,
    ),
    (
        "L0530",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number"}],
  "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10}]
}
"#,
    ),
    (
        "L0531",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10}]
}
"#,
    ),
    (
        "L0532",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "algorithm": {"strategy": "balanced", "balancedAttribute": "skill"}
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10}],
  "algorithm": {"strategy": "exhaustiveSearch"}
}
"#,
    ),
    (
        "L0533",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "rules": [{"name": "Fast", "type": "latency"}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "rules": [{"name": "Fast", "type": "latency", "maxLatency": 100}]
}
"#,
    ),
    (
        "L0534",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10}],
  "algorithm": {"strategy": "exhaustiveSearch", "balancedAttribute": "skill"}
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "rules": [{"name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10}],
  "algorithm": {"strategy": "exhaustiveSearch"}
}
"#,
    ),
    (
        "L0535",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "rules": [{"name": "Fast", "type": "latency", "maxLatency": 100}],
  "expansions": [{"target": "rules[Fast].maxLatency", "steps": [{"waitTimeSeconds": 10, "value": 200}]}, {"target": "rules[Fast].maxLatency", "steps": [{"waitTimeSeconds": 20, "value": 300}]}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "rules": [{"name": "Fast", "type": "latency", "maxLatency": 100}],
  "expansions": [{"target": "rules[Fast].maxLatency", "steps": [{"waitTimeSeconds": 10, "value": 200}, {"waitTimeSeconds": 20, "value": 300}]}]
}
"#,
    ),
    (
        "L0536",
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "expansions": [{"target": "teams[all].minPlayers", "steps": [{"waitTimeSeconds": 10, "value": 5}]}]
}
"#,
        r#"{
  "ruleLanguageVersion": "1.0",
  "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 4}],
  "expansions": [{"target": "teams[all].minPlayers", "steps": [{"waitTimeSeconds": 10, "value": 1}]}]
}
"#,
    ),
];
