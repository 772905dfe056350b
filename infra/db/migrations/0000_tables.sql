CREATE SCHEMA "boot";
--> statement-breakpoint
CREATE SCHEMA "ledger";
--> statement-breakpoint
CREATE SCHEMA "reboot";
--> statement-breakpoint
CREATE SCHEMA "registry";
--> statement-breakpoint
CREATE TABLE "boot"."state_reports" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"node" text NOT NULL,
	"state" text NOT NULL,
	"boot_id" text,
	"reported_by" text NOT NULL,
	"detail" text,
	"reported_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger"."node_locks" (
	"node" text PRIMARY KEY NOT NULL,
	"root_op" text NOT NULL,
	"holder" text NOT NULL,
	"fence" bigint NOT NULL,
	"acquired_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reboot"."node_runs" (
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
CREATE TABLE "reboot"."operations" (
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
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "reboot"."power_stamps" (
	"node" text PRIMARY KEY NOT NULL,
	"powered_on_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registry"."bmc_credentials" (
	"node" text PRIMARY KEY NOT NULL,
	"sealed_password" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registry"."experiments" (
	"project" text NOT NULL,
	"name" text NOT NULL,
	"os" text,
	CONSTRAINT "experiments_project_name_pk" PRIMARY KEY("project","name")
);
--> statement-breakpoint
CREATE TABLE "registry"."node_history" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"node" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"is_expected" boolean NOT NULL,
	"reported_by" text NOT NULL,
	"boot_id" text,
	"report_id" bigint NOT NULL,
	CONSTRAINT "node_history_report_id_unique" UNIQUE("report_id")
);
--> statement-breakpoint
CREATE TABLE "registry"."node_states" (
	"node" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"boot_id" text,
	"report_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registry"."node_types" (
	"name" text PRIMARY KEY NOT NULL,
	"is_rebootable" boolean DEFAULT true NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registry"."nodes" (
	"name" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"address" text NOT NULL,
	"liveness" text DEFAULT 'tcp:22' NOT NULL,
	"ssh_port" integer DEFAULT 22 NOT NULL,
	"ssh_host_key" text,
	"power" jsonb NOT NULL,
	"circuit" text,
	"host" text,
	"project" text,
	"experiment" text
);
--> statement-breakpoint
CREATE TABLE "registry"."project_members" (
	"project" text NOT NULL,
	"user_name" text NOT NULL,
	CONSTRAINT "project_members_project_user_name_pk" PRIMARY KEY("project","user_name")
);
--> statement-breakpoint
CREATE TABLE "registry"."projects" (
	"name" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registry"."users" (
	"name" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"public_key" text NOT NULL,
	"is_admin" boolean DEFAULT false NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "users_public_key_unique" UNIQUE("public_key")
);
--> statement-breakpoint
ALTER TABLE "reboot"."node_runs" ADD CONSTRAINT "node_runs_op_operations_op_fk" FOREIGN KEY ("op") REFERENCES "reboot"."operations"("op") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registry"."bmc_credentials" ADD CONSTRAINT "bmc_credentials_node_nodes_name_fk" FOREIGN KEY ("node") REFERENCES "registry"."nodes"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registry"."experiments" ADD CONSTRAINT "experiments_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "registry"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registry"."node_history" ADD CONSTRAINT "node_history_node_nodes_name_fk" FOREIGN KEY ("node") REFERENCES "registry"."nodes"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registry"."node_states" ADD CONSTRAINT "node_states_node_nodes_name_fk" FOREIGN KEY ("node") REFERENCES "registry"."nodes"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registry"."nodes" ADD CONSTRAINT "nodes_type_node_types_name_fk" FOREIGN KEY ("type") REFERENCES "registry"."node_types"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registry"."nodes" ADD CONSTRAINT "nodes_host_nodes_name_fk" FOREIGN KEY ("host") REFERENCES "registry"."nodes"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registry"."nodes" ADD CONSTRAINT "nodes_project_experiment_experiments_project_name_fk" FOREIGN KEY ("project","experiment") REFERENCES "registry"."experiments"("project","name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registry"."project_members" ADD CONSTRAINT "project_members_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "registry"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registry"."project_members" ADD CONSTRAINT "project_members_user_name_users_name_fk" FOREIGN KEY ("user_name") REFERENCES "registry"."users"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "state_reports_by_node" ON "boot"."state_reports" USING btree ("node","id");--> statement-breakpoint
CREATE INDEX "node_runs_queued" ON "reboot"."node_runs" USING btree ("not_before","ordinal") WHERE "reboot"."node_runs"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "node_runs_leased" ON "reboot"."node_runs" USING btree ("lease_owner") WHERE "reboot"."node_runs"."state" in ('leased', 'firing');--> statement-breakpoint
CREATE INDEX "node_runs_finished" ON "reboot"."node_runs" USING btree ("op","finished_at");--> statement-breakpoint
CREATE INDEX "operations_by_creation" ON "reboot"."operations" USING btree ("created_at" desc);--> statement-breakpoint
CREATE INDEX "node_history_by_node" ON "registry"."node_history" USING btree ("node","id" desc);--> statement-breakpoint
CREATE INDEX "nodes_by_address" ON "registry"."nodes" USING btree ("address");--> statement-breakpoint
CREATE INDEX "nodes_by_experiment" ON "registry"."nodes" USING btree ("project","experiment");