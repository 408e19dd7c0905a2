//! What of an environment needs what: matchmakers their queue, queues their fleets, fleets their builds, routes their functions.
//!
//! In: an environment. Out: nodes and edges in order. Pure.

use std::collections::BTreeSet;

use topology::environment::{Environment, Host};

/// An environment as a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Graph {
    /// Things, as `kind name`, with the region where that belongs to the name.
    pub nodes: BTreeSet<String>,
    /// What needs what.
    pub edges: BTreeSet<(String, String)>,
}

impl Graph {
    /// Draws an environment.
    pub fn of(environment: &Environment) -> Self {
        let mut graph = Self::default();
        for (name, matchmaker) in &environment.matchmaking {
            graph.edge(
                format!("matchmaker {name}"),
                format!("queue {}", matchmaker.queue),
            );
        }
        for (name, queue) in &environment.queues {
            graph.nodes.insert(format!("queue {name}"));
            for destination in &queue.destinations {
                let fleet = fleet(&destination.fleet, &destination.region);
                graph.edge(format!("queue {name}"), fleet);
            }
        }
        for (region, contents) in &environment.regions {
            for (name, found) in &contents.fleets {
                let node = fleet(name, region);
                match &found.host {
                    Host::Ec2 { build, .. } => graph.edge(node, format!("build {build}")),
                    Host::Container(container) => {
                        graph.edge(node, format!("image {}", container.image));
                    }
                    Host::Anywhere { .. } => {
                        graph.nodes.insert(node);
                    }
                }
            }
        }
        for route in &environment.routes {
            let from = format!("route {} {}", route.method, route.path);
            graph.edge(from, format!("function {}", route.function));
        }
        for (name, function) in &environment.functions {
            for table in function.reads.union(&function.writes) {
                graph.edge(format!("function {name}"), format!("table {table}"));
            }
        }
        graph
    }

    fn edge(&mut self, from: String, to: String) {
        self.nodes.extend([from.clone(), to.clone()]);
        self.edges.insert((from, to));
    }

    /// What each thing needs, below it.
    pub fn text(&self) -> String {
        let needed = |node: &String| {
            let edges = self.edges.iter().filter(move |(from, _)| from == node);
            edges
                .map(|(_, to)| format!("  -> {to}\n"))
                .collect::<String>()
        };
        self.nodes
            .iter()
            .map(|node| format!("{node}\n{}", needed(node)))
            .collect()
    }

    /// For Mermaid, which GitHub draws in Markdown.
    pub fn mermaid(&self) -> String {
        let nodes = self.nodes.iter().enumerate();
        let nodes =
            nodes.map(|(id, node)| format!("  n{id}[\"{}\"]\n", node.replace('"', "#quot;")));
        let edges = self
            .numbered()
            .map(|(from, to)| format!("  n{from} --> n{to}\n"));
        format!("flowchart LR\n{}", nodes.chain(edges).collect::<String>())
    }

    /// For Graphviz.
    pub fn dot(&self) -> String {
        let nodes = self.nodes.iter().enumerate();
        let nodes =
            nodes.map(|(id, node)| format!("  n{id} [label={}];\n", serde_json::json!(node)));
        let edges = self
            .numbered()
            .map(|(from, to)| format!("  n{from} -> n{to};\n"));
        format!(
            "digraph {{\n  rankdir=LR;\n{}}}\n",
            nodes.chain(edges).collect::<String>()
        )
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, usize)> {
        let place = |wanted: &String| self.nodes.iter().position(|node| node == wanted);
        self.edges
            .iter()
            .filter_map(move |(from, to)| Some((place(from)?, place(to)?)))
    }
}

fn fleet(name: &str, region: &str) -> String {
    format!("fleet {name} ({region})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> Graph {
        let mut graph = Graph::default();
        graph.edge("queue \"a\"".to_owned(), "fleet b (eu-west-1)".to_owned());
        graph
    }

    #[test]
    fn every_form_shows_the_edge_and_quotes_names() {
        assert_eq!(
            graph().text(),
            "fleet b (eu-west-1)\nqueue \"a\"\n  -> fleet b (eu-west-1)\n"
        );
        assert_eq!(
            graph().mermaid(),
            "flowchart LR\n  n0[\"fleet b (eu-west-1)\"]\n  n1[\"queue #quot;a#quot;\"]\n  n1 --> n0\n"
        );
        assert!(graph().dot().contains(r#"n1 [label="queue \"a\""];"#));
        assert!(graph().dot().contains("n1 -> n0;"));
    }
}
