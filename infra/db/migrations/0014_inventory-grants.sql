-- registry: what is new of the inventory is its own to write.
GRANT SELECT, INSERT, UPDATE, DELETE ON registry.operating_systems, registry.node_groups, registry.staged_changes,
  registry.freed_nodes TO "reveille-registry";
--> statement-breakpoint
-- Whoever seals a password asks the registry for the key; the reboot agent alone says which it is.
GRANT SELECT ON reboot.sealing_keys TO "reveille-registry";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON reboot.sealing_keys TO "reveille-reboot";
--> statement-breakpoint
-- Every acting domain: which free nodes are to be loaded before anybody has them.
GRANT SELECT ON registry.freed_nodes TO "reveille-reboot", "reveille-reload", "reveille-setup";
--> statement-breakpoint
-- setup: what it plans by.
GRANT SELECT ON registry.operating_systems, registry.node_states TO "reveille-setup";
