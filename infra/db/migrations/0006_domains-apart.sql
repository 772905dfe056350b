-- Statements of the ledger name no schema: each agent's role finds its own tables.
ALTER ROLE "reveille-reboot" SET search_path = reboot;
--> statement-breakpoint
ALTER ROLE "reveille-reload" SET search_path = reload;
--> statement-breakpoint
ALTER ROLE "reveille-setup" SET search_path = setup;
--> statement-breakpoint
ALTER TABLE reload.node_runs SET (fillfactor = 60);
--> statement-breakpoint
ALTER TABLE setup.node_runs SET (fillfactor = 60);
--> statement-breakpoint
-- Lets a child work on nodes under its parent's lock. The parent must hold them, as a root operation or as a child itself,
-- by the agent that asks; gives back the nodes that could not be had, and with `holder_op` another child of the parent.
CREATE FUNCTION ledger.acquire_child_locks(p_op text, p_parent text, p_parent_holder text, p_nodes text[])
RETURNS TABLE (node text, holder_op text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO ledger.child_locks (node, parent_op, op, holder)
    SELECT n, p_parent, p_op, session_user FROM unnest(p_nodes) AS n
    WHERE EXISTS (SELECT FROM ledger.node_locks l WHERE l.node = n AND l.root_op = p_parent AND l.holder = p_parent_holder)
       OR EXISTS (SELECT FROM ledger.child_locks c WHERE c.node = n AND c.op = p_parent AND c.holder = p_parent_holder)
    ORDER BY n
    ON CONFLICT DO NOTHING;
  RETURN QUERY
    SELECT n, c.op FROM unnest(p_nodes) AS n LEFT JOIN ledger.child_locks c ON c.node = n AND c.parent_op = p_parent
    WHERE c.op IS DISTINCT FROM p_op;
END $$;
--> statement-breakpoint
-- Lets go of nodes that child p_op works on by the calling role.
CREATE FUNCTION ledger.release_child_locks(p_op text, p_nodes text[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE released integer;
BEGIN
  DELETE FROM ledger.child_locks c WHERE c.node = ANY (p_nodes) AND c.op = p_op AND c.holder = session_user;
  GET DIAGNOSTICS released = ROW_COUNT;
  RETURN released;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION ledger.acquire_child_locks(text, text, text, text[]), ledger.release_child_locks(text, text[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION ledger.acquire_child_locks(text, text, text, text[]), ledger.release_child_locks(text, text[])
  TO "reveille-reboot", "reveille-reload", "reveille-setup";
--> statement-breakpoint
-- Every domain's operations and runs side by side, for whoever answers queries.
CREATE VIEW ledger.all_operations AS
  SELECT op, verb, user_name, parent_op, node_count, done_count, failed_count, created_at, cancel_requested_at, finished_at, retry
    FROM reboot.operations
  UNION ALL
  SELECT op, verb, user_name, parent_op, node_count, done_count, failed_count, created_at, cancel_requested_at, finished_at, retry
    FROM reload.operations
  UNION ALL
  SELECT op, verb, user_name, parent_op, node_count, done_count, failed_count, created_at, cancel_requested_at, finished_at, retry
    FROM setup.operations;
--> statement-breakpoint
CREATE VIEW ledger.all_node_runs AS
  SELECT op, node, state, result, finished_at FROM reboot.node_runs
  UNION ALL SELECT op, node, state, result, finished_at FROM reload.node_runs
  UNION ALL SELECT op, node, state, result, finished_at FROM setup.node_runs;
--> statement-breakpoint
-- The agents' keys alone: what the boot agent needs to know the reboot agent's signature.
CREATE VIEW registry.agent_keys AS
  SELECT name, public_key FROM registry.users WHERE kind = 'agent' AND revoked_at IS NULL;
--> statement-breakpoint
GRANT USAGE ON SCHEMA reload TO "reveille-reload", "reveille-setup", "reveille-registry", "reveille-boot";
--> statement-breakpoint
GRANT USAGE ON SCHEMA setup TO "reveille-setup", "reveille-registry";
--> statement-breakpoint
GRANT SELECT ON ledger.all_operations, ledger.all_node_runs, reload.images, reload.node_disks, reload.boot_selections,
  setup.allocation_states TO "reveille-registry";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON reload.operations, reload.node_runs, reload.child_operations, reload.images,
  reload.boot_selections, reload.node_disks TO "reveille-reload";
--> statement-breakpoint
GRANT SELECT ON boot.boot_logs TO "reveille-reload";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON setup.operations, setup.node_runs, setup.child_operations, setup.allocation_states
  TO "reveille-setup";
--> statement-breakpoint
GRANT SELECT ON reload.images, reload.node_disks TO "reveille-setup";
--> statement-breakpoint
-- boot: what a node shall boot, and where its images' files are. It still knows no user and no BMC.
GRANT SELECT (name, address, mac) ON registry.nodes TO "reveille-boot";
--> statement-breakpoint
GRANT SELECT ON registry.agent_keys, reload.boot_selections TO "reveille-boot";
--> statement-breakpoint
GRANT SELECT (name, state, raw_bytes, file_bytes, manifest_sha256) ON reload.images TO "reveille-boot";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON boot.ramdisk_boots, boot.boot_logs, boot.wakeups TO "reveille-boot";
