-- What a console showed, the reboot agent alone writes; the reload agent tells it with a load that fails.
GRANT SELECT, INSERT, UPDATE, DELETE ON reboot.consoles TO "reveille-reboot";
--> statement-breakpoint
GRANT USAGE ON SCHEMA reboot TO "reveille-reload";
--> statement-breakpoint
GRANT SELECT ON reboot.consoles TO "reveille-reload";
--> statement-breakpoint
-- reboot: whether the reload that has a console followed still holds the node.
GRANT SELECT ON ledger.child_locks TO "reveille-reboot";
