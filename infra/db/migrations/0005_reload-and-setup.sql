CREATE SCHEMA "reload";
--> statement-breakpoint
CREATE SCHEMA "setup";
--> statement-breakpoint
CREATE TABLE "boot"."boot_logs" (
	"node" text PRIMARY KEY NOT NULL,
	"load_id" text NOT NULL,
	"text" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "boot"."ramdisk_boots" (
	"node" text PRIMARY KEY NOT NULL,
	"token_sha256" text NOT NULL,
	"load_id" text NOT NULL,
	"booted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ramdisk_boots_token_sha256_unique" UNIQUE("token_sha256")
);
--> statement-breakpoint
CREATE TABLE "boot"."wakeups" (
	"node" text PRIMARY KEY NOT NULL,
	"requested_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger"."child_locks" (
	"node" text NOT NULL,
	"parent_op" text NOT NULL,
	"op" text NOT NULL,
	"holder" text NOT NULL,
	"acquired_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "child_locks_parent_op_node_pk" PRIMARY KEY("parent_op","node")
);
--> statement-breakpoint
CREATE TABLE "reload"."boot_selections" (
	"node" text PRIMARY KEY NOT NULL,
	"boot" text NOT NULL,
	"op" text,
	"load_id" text,
	"plan" jsonb,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reload"."child_operations" (
	"op" text PRIMARY KEY NOT NULL,
	"parent_op" text NOT NULL,
	"verb" text NOT NULL,
	"args" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reload"."images" (
	"name" text PRIMARY KEY NOT NULL,
	"project" text,
	"visibility" text NOT NULL,
	"state" text NOT NULL,
	"detail" text,
	"progress" double precision,
	"raw_bytes" bigint,
	"file_bytes" bigint,
	"file_modified_ms" double precision,
	"manifest_sha256" text,
	"raw_sha256" text,
	"target_partition" integer,
	"partitions" jsonb,
	"max_concurrent_loads" integer,
	"added_by" text NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reload"."node_disks" (
	"node" text PRIMARY KEY NOT NULL,
	"images" jsonb NOT NULL,
	"partitions" jsonb NOT NULL,
	"loaded_at" timestamp (3) with time zone,
	"op" text,
	"default_image" text
);
--> statement-breakpoint
CREATE TABLE "reload"."node_runs" (
	"op" text NOT NULL,
	"node" text NOT NULL,
	"ordinal" integer NOT NULL,
	"state" text NOT NULL,
	"fence" integer DEFAULT 0 NOT NULL,
	"lease_owner" text,
	"lease_until" timestamp (3) with time zone,
	"not_before" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"waits_for" text,
	"progress" jsonb,
	"result" jsonb,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "node_runs_op_node_pk" PRIMARY KEY("op","node")
);
--> statement-breakpoint
CREATE TABLE "reload"."operations" (
	"op" text PRIMARY KEY NOT NULL,
	"verb" text NOT NULL,
	"user_name" text NOT NULL,
	"args" jsonb NOT NULL,
	"parent_op" text,
	"node_count" integer DEFAULT 0 NOT NULL,
	"done_count" integer DEFAULT 0 NOT NULL,
	"failed_count" integer DEFAULT 0 NOT NULL,
	"max_failures" integer,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"cancel_requested_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"retry" text
);
--> statement-breakpoint
CREATE TABLE "setup"."allocation_states" (
	"node" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"op" text NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "setup"."child_operations" (
	"op" text PRIMARY KEY NOT NULL,
	"parent_op" text NOT NULL,
	"verb" text NOT NULL,
	"args" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "setup"."node_runs" (
	"op" text NOT NULL,
	"node" text NOT NULL,
	"ordinal" integer NOT NULL,
	"state" text NOT NULL,
	"fence" integer DEFAULT 0 NOT NULL,
	"lease_owner" text,
	"lease_until" timestamp (3) with time zone,
	"not_before" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"waits_for" text,
	"progress" jsonb,
	"result" jsonb,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "node_runs_op_node_pk" PRIMARY KEY("op","node")
);
--> statement-breakpoint
CREATE TABLE "setup"."operations" (
	"op" text PRIMARY KEY NOT NULL,
	"verb" text NOT NULL,
	"user_name" text NOT NULL,
	"args" jsonb NOT NULL,
	"parent_op" text,
	"node_count" integer DEFAULT 0 NOT NULL,
	"done_count" integer DEFAULT 0 NOT NULL,
	"failed_count" integer DEFAULT 0 NOT NULL,
	"max_failures" integer,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"cancel_requested_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"retry" text
);
--> statement-breakpoint
ALTER TABLE "boot"."state_reports" ADD COLUMN "load_id" text;--> statement-breakpoint
ALTER TABLE "boot"."state_reports" ADD COLUMN "loaded" jsonb;--> statement-breakpoint
ALTER TABLE "boot"."state_reports" ADD COLUMN "failure" text;--> statement-breakpoint
ALTER TABLE "reboot"."operations" ADD COLUMN "retry" text;--> statement-breakpoint
ALTER TABLE "registry"."node_types" ADD COLUMN "is_imageable" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "registry"."node_types" ADD COLUMN "default_image" text;--> statement-breakpoint
ALTER TABLE "registry"."nodes" ADD COLUMN "mac" text;--> statement-breakpoint
ALTER TABLE "registry"."nodes" ADD COLUMN "disk" text;--> statement-breakpoint
ALTER TABLE "reload"."node_runs" ADD CONSTRAINT "node_runs_op_operations_op_fk" FOREIGN KEY ("op") REFERENCES "reload"."operations"("op") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "setup"."node_runs" ADD CONSTRAINT "node_runs_op_operations_op_fk" FOREIGN KEY ("op") REFERENCES "setup"."operations"("op") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "child_locks_by_op" ON "ledger"."child_locks" USING btree ("op","node");--> statement-breakpoint
CREATE INDEX "boot_selections_by_load" ON "reload"."boot_selections" USING btree ("load_id");--> statement-breakpoint
CREATE INDEX "child_operations_by_parent" ON "reload"."child_operations" USING btree ("parent_op");--> statement-breakpoint
CREATE INDEX "node_runs_queued" ON "reload"."node_runs" USING btree ("not_before","ordinal") WHERE "reload"."node_runs"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "node_runs_leased" ON "reload"."node_runs" USING btree ("lease_owner") WHERE "reload"."node_runs"."state" in ('leased', 'firing');--> statement-breakpoint
CREATE INDEX "node_runs_finished" ON "reload"."node_runs" USING btree ("op","finished_at");--> statement-breakpoint
CREATE INDEX "node_runs_waiting" ON "reload"."node_runs" USING btree ("op","waits_for") WHERE "reload"."node_runs"."waits_for" is not null;--> statement-breakpoint
CREATE INDEX "operations_by_creation" ON "reload"."operations" USING btree ("created_at" desc);--> statement-breakpoint
CREATE INDEX "child_operations_by_parent" ON "setup"."child_operations" USING btree ("parent_op");--> statement-breakpoint
CREATE INDEX "node_runs_queued" ON "setup"."node_runs" USING btree ("not_before","ordinal") WHERE "setup"."node_runs"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "node_runs_leased" ON "setup"."node_runs" USING btree ("lease_owner") WHERE "setup"."node_runs"."state" in ('leased', 'firing');--> statement-breakpoint
CREATE INDEX "node_runs_finished" ON "setup"."node_runs" USING btree ("op","finished_at");--> statement-breakpoint
CREATE INDEX "node_runs_waiting" ON "setup"."node_runs" USING btree ("op","waits_for") WHERE "setup"."node_runs"."waits_for" is not null;--> statement-breakpoint
CREATE INDEX "operations_by_creation" ON "setup"."operations" USING btree ("created_at" desc);--> statement-breakpoint
ALTER TABLE "registry"."nodes" ADD CONSTRAINT "nodes_mac_unique" UNIQUE("mac");