-- Gives out p_count turns on a circuit, each at the earliest instant that leaves at most p_max turns of its kind in any
-- p_window_s, in this server's clock; returns in how many milliseconds each comes (0: now). One caller at a time a circuit.
CREATE FUNCTION reboot.book_turns(p_circuit text, p_kind text, p_count integer, p_max integer, p_window_s double precision)
RETURNS SETOF double precision
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz;
  v_at timestamptz;
  v_before timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('reboot.circuit:' || p_circuit, 0));
  v_now := clock_timestamp();
  DELETE FROM reboot.circuit_turns WHERE circuit = p_circuit AND at < v_now - make_interval(secs => p_window_s * 4 + 60);
  FOR i IN 1..p_count LOOP
    -- The turn that this one must stay a window behind: with it and those since, there would be p_max already.
    SELECT at INTO v_before FROM reboot.circuit_turns WHERE circuit = p_circuit AND kind = p_kind
      ORDER BY at DESC OFFSET p_max - 1 LIMIT 1;
    v_at := greatest(v_now, v_before + make_interval(secs => p_window_s));
    INSERT INTO reboot.circuit_turns (circuit, kind, at) VALUES (p_circuit, p_kind, v_at);
    RETURN NEXT extract(epoch FROM v_at - v_now) * 1000;
  END LOOP;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION reboot.book_turns(text, text, integer, integer, double precision) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION reboot.book_turns(text, text, integer, integer, double precision) TO "reveille-reboot";
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON reboot.circuit_turns TO "reveille-reboot";
--> statement-breakpoint
GRANT USAGE ON SEQUENCE reboot.circuit_turns_id_seq TO "reveille-reboot";
--> statement-breakpoint
GRANT SELECT ON registry.circuits TO "reveille-reboot", "reveille-reload", "reveille-setup";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON registry.circuits TO "reveille-registry";
