ALTER TABLE "reboot"."operations" ADD COLUMN "deadline_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "reload"."child_operations" ADD COLUMN "deadline_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "reload"."operations" ADD COLUMN "deadline_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "setup"."child_operations" ADD COLUMN "deadline_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "setup"."operations" ADD COLUMN "deadline_at" timestamp (3) with time zone;--> statement-breakpoint
-- By when an operation of whichever domain is to be done: what is asked for on its behalf has no later deadline.
CREATE FUNCTION ledger.deadline_of(p_op text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT deadline_at FROM reboot.operations WHERE op = p_op
  UNION ALL SELECT deadline_at FROM reload.operations WHERE op = p_op
  UNION ALL SELECT deadline_at FROM setup.operations WHERE op = p_op
  LIMIT 1
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION ledger.deadline_of(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION ledger.deadline_of(text) TO "reveille-reboot", "reveille-reload", "reveille-setup";
