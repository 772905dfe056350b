-- boot: which loader a node's type names.
GRANT SELECT (type) ON registry.nodes TO "reveille-boot";
--> statement-breakpoint
GRANT SELECT (name, settings) ON registry.node_types TO "reveille-boot";
