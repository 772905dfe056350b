CREATE TABLE "reboot"."sealing_keys" (
	"public_key" text PRIMARY KEY NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registry"."freed_nodes" (
	"node" text PRIMARY KEY NOT NULL,
	"image" text NOT NULL,
	"freed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registry"."node_groups" (
	"name" text PRIMARY KEY NOT NULL,
	"nodes" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registry"."operating_systems" (
	"name" text PRIMARY KEY NOT NULL,
	"version" text,
	"image" text,
	"boot_time_s" integer
);
--> statement-breakpoint
CREATE TABLE "registry"."staged_changes" (
	"user_name" text NOT NULL,
	"upload" text NOT NULL,
	"part" integer NOT NULL,
	"changes" jsonb NOT NULL,
	"staged_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "staged_changes_user_name_upload_part_pk" PRIMARY KEY("user_name","upload","part")
);
--> statement-breakpoint
ALTER TABLE "registry"."node_history" ALTER COLUMN "report_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "reboot"."node_runs" ADD COLUMN "is_nonfatal" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "registry"."node_history" ADD COLUMN "mode" text;--> statement-breakpoint
ALTER TABLE "registry"."node_states" ADD COLUMN "mode" text DEFAULT 'NORMAL' NOT NULL;--> statement-breakpoint
ALTER TABLE "registry"."node_states" ADD COLUMN "timeout_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "registry"."nodes" ADD COLUMN "os" text;--> statement-breakpoint
ALTER TABLE "registry"."nodes" ADD COLUMN "is_nonfatal" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "registry"."nodes" ADD COLUMN "subnode_of" text;--> statement-breakpoint
ALTER TABLE "registry"."project_members" ADD COLUMN "role" text DEFAULT 'user' NOT NULL;--> statement-breakpoint
ALTER TABLE "reload"."node_runs" ADD COLUMN "is_nonfatal" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "setup"."node_runs" ADD COLUMN "is_nonfatal" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "registry"."freed_nodes" ADD CONSTRAINT "freed_nodes_node_nodes_name_fk" FOREIGN KEY ("node") REFERENCES "registry"."nodes"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registry"."nodes" ADD CONSTRAINT "nodes_subnode_of_nodes_name_fk" FOREIGN KEY ("subnode_of") REFERENCES "registry"."nodes"("name") ON DELETE no action ON UPDATE no action;