-- reboot: whether a load that nobody waits for would be cut short.
GRANT USAGE ON SCHEMA reload TO "reveille-reboot";
--> statement-breakpoint
GRANT SELECT (node, boot, op, unattended_until) ON reload.boot_selections TO "reveille-reboot";
--> statement-breakpoint
-- setup: whether what boots next is not what is recorded of the disk.
GRANT SELECT (node, boot) ON reload.boot_selections TO "reveille-setup";
