-- One login role a privilege domain. Passwords are not set here: the operator (or `reveille up`) sets them.
DO $$
DECLARE role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['reveille-reboot','reveille-reload','reveille-setup','reveille-registry','reveille-boot','reveille-gateway'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', role_name);
    END IF;
  END LOOP;
END $$;
--> statement-breakpoint
REVOKE ALL ON SCHEMA public FROM PUBLIC;
--> statement-breakpoint
-- Rows of node_runs are updated three or four times in their short life: leave room for it in the page.
ALTER TABLE reboot.node_runs SET (fillfactor = 60);
--> statement-breakpoint
ALTER TABLE reboot.operations SET (fillfactor = 60);
--> statement-breakpoint
CREATE SEQUENCE ledger.fences;
--> statement-breakpoint
-- Makes the nodes part of root operation p_root. Gives back the nodes that could not be had, each with its holder.
-- A child (p_op <> p_root) takes nothing: its root must hold the nodes already.
CREATE FUNCTION ledger.acquire_locks(p_op text, p_root text, p_nodes text[])
RETURNS TABLE (node text, holder_op text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_op = p_root THEN
    -- In name order, so that two operations over the same nodes wait for each other instead of locking up.
    INSERT INTO ledger.node_locks (node, root_op, holder, fence)
      SELECT n, p_root, session_user, nextval('ledger.fences') FROM unnest(p_nodes) AS n ORDER BY n
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN QUERY
    SELECT n, l.root_op FROM unnest(p_nodes) AS n LEFT JOIN ledger.node_locks l ON l.node = n
    WHERE l.root_op IS DISTINCT FROM p_root;
END $$;
--> statement-breakpoint
-- Lets go of nodes that root operation p_root holds by the calling role; whatever else holds them stays.
CREATE FUNCTION ledger.release_locks(p_root text, p_nodes text[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE released integer;
BEGIN
  DELETE FROM ledger.node_locks l WHERE l.node = ANY (p_nodes) AND l.root_op = p_root AND l.holder = session_user;
  GET DIAGNOSTICS released = ROW_COUNT;
  RETURN released;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION ledger.acquire_locks(text, text, text[]), ledger.release_locks(text, text[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION ledger.acquire_locks(text, text, text[]), ledger.release_locks(text, text[])
  TO "reveille-reboot", "reveille-reload", "reveille-setup";
--> statement-breakpoint
GRANT USAGE ON SCHEMA registry TO "reveille-reboot", "reveille-reload", "reveille-setup", "reveille-registry", "reveille-boot";
--> statement-breakpoint
GRANT USAGE ON SCHEMA ledger TO "reveille-reboot", "reveille-reload", "reveille-setup", "reveille-registry";
--> statement-breakpoint
GRANT USAGE ON SCHEMA reboot TO "reveille-reboot", "reveille-registry";
--> statement-breakpoint
GRANT USAGE ON SCHEMA boot TO "reveille-boot", "reveille-reboot", "reveille-reload", "reveille-setup", "reveille-registry";
--> statement-breakpoint
-- registry: its own tables, all of them; of the passwords it may write what it cannot read.
GRANT SELECT, INSERT, UPDATE, DELETE ON registry.users, registry.projects, registry.project_members, registry.experiments,
  registry.node_types, registry.nodes, registry.node_states, registry.node_history TO "reveille-registry";
--> statement-breakpoint
GRANT SELECT (node), INSERT, UPDATE, DELETE ON registry.bmc_credentials TO "reveille-registry";
--> statement-breakpoint
GRANT USAGE ON ALL SEQUENCES IN SCHEMA registry TO "reveille-registry";
--> statement-breakpoint
GRANT SELECT ON ledger.node_locks, reboot.operations, reboot.node_runs, boot.state_reports TO "reveille-registry";
--> statement-breakpoint
-- reboot: its ledger; of the others what it decides by. It alone reads the sealed BMC passwords.
GRANT SELECT, INSERT, UPDATE, DELETE ON reboot.operations, reboot.node_runs, reboot.power_stamps TO "reveille-reboot";
--> statement-breakpoint
GRANT SELECT ON registry.users, registry.projects, registry.project_members, registry.experiments, registry.node_types,
  registry.nodes, registry.bmc_credentials, ledger.node_locks, boot.state_reports TO "reveille-reboot";
--> statement-breakpoint
-- reload and setup: what every domain that checks rights itself needs to see.
GRANT SELECT ON registry.users, registry.projects, registry.project_members, registry.experiments, registry.node_types,
  registry.nodes, ledger.node_locks, boot.state_reports TO "reveille-reload", "reveille-setup";
--> statement-breakpoint
-- boot: which node an address is, and its own reports. It knows no user and no BMC.
GRANT SELECT (name, address) ON registry.nodes TO "reveille-boot";
--> statement-breakpoint
GRANT SELECT, INSERT ON boot.state_reports TO "reveille-boot";
--> statement-breakpoint
GRANT USAGE ON SEQUENCE boot.state_reports_id_seq TO "reveille-boot";
