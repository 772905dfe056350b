-- Forgets reports that are older than so many days, never less than one, the oldest 100 of a node at a time; gives how many,
-- at most p_limit. What may still be read stays: each node's newest 1,000, and what the registry may yet have to take in, which it looks for among the last
-- 1,000 before the newest that it has. Of a node that the inventory does not have any more, nothing is kept for longer.
-- The registry's to call, which knows what it has taken in: the boot agent, whose port nodes reach, can take nothing back.
CREATE FUNCTION boot.forget_reports(p_keep_days double precision, p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE forgotten integer;
BEGIN
  WITH RECURSIVE reporting (node) AS (
    SELECT min(node) FROM boot.state_reports
    UNION ALL
    SELECT (SELECT min(r.node) FROM boot.state_reports r WHERE r.node > reporting.node)
    FROM reporting WHERE reporting.node IS NOT NULL
  ), old AS MATERIALIZED (
    SELECT oldest.id FROM reporting,
    LATERAL (
      SELECT CASE WHEN EXISTS (SELECT FROM registry.nodes n WHERE n.name = reporting.node) THEN (
        SELECT r.id FROM boot.state_reports r WHERE r.node = reporting.node ORDER BY r.id DESC OFFSET 999 LIMIT 1
      ) ELSE 9223372036854775807 END AS id
    ) AS kept_from,
    LATERAL (
      SELECT r.id, r.reported_at FROM boot.state_reports r
      WHERE r.node = reporting.node AND r.id < kept_from.id ORDER BY r.id LIMIT 100
    ) AS oldest
    WHERE oldest.reported_at < clock_timestamp() - make_interval(secs => greatest(p_keep_days, 1) * 86400)
      AND oldest.id <= (SELECT max(h.report_id) - 1000 FROM registry.node_history h)
    LIMIT p_limit
  )
  DELETE FROM boot.state_reports r USING old WHERE r.id = old.id;
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION boot.forget_reports(double precision, integer) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION boot.forget_reports(double precision, integer) TO "reveille-registry";
