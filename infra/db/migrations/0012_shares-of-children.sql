-- On whose share of the agents an operation runs: for a child, which an agent asks for, its root's person. Of whichever
-- domain; null for an operation that does not exist.
CREATE FUNCTION ledger.charged_to(p_op text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(charged_to, user_name) FROM (
    SELECT charged_to, user_name FROM reboot.operations WHERE op = p_op
    UNION ALL SELECT charged_to, user_name FROM reload.operations WHERE op = p_op
    UNION ALL SELECT charged_to, user_name FROM setup.operations WHERE op = p_op
  ) AS o LIMIT 1
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION ledger.charged_to(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION ledger.charged_to(text) TO "reveille-reboot", "reveille-reload", "reveille-setup";
--> statement-breakpoint
-- A queue's statistics are never true: it is empty when they are taken, and full when they are believed. The ledger's
-- statements each have an index that is right at every size; by the statistics they would read the whole queue for each claim.
ALTER ROLE "reveille-reboot" SET enable_bitmapscan = off;
--> statement-breakpoint
ALTER ROLE "reveille-reboot" SET enable_seqscan = off;
--> statement-breakpoint
ALTER ROLE "reveille-reboot" SET jit = off;
--> statement-breakpoint
ALTER ROLE "reveille-reload" SET enable_bitmapscan = off;
--> statement-breakpoint
ALTER ROLE "reveille-reload" SET enable_seqscan = off;
--> statement-breakpoint
ALTER ROLE "reveille-reload" SET jit = off;
--> statement-breakpoint
ALTER ROLE "reveille-setup" SET enable_bitmapscan = off;
--> statement-breakpoint
ALTER ROLE "reveille-setup" SET enable_seqscan = off;
--> statement-breakpoint
ALTER ROLE "reveille-setup" SET jit = off;
