CREATE TABLE "reboot"."bmc_outages" (
	"bmc" text PRIMARY KEY NOT NULL,
	"tried_at" timestamp with time zone NOT NULL,
	"retry_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reboot"."refused_credentials" (
	"node" text PRIMARY KEY NOT NULL,
	"digest" text NOT NULL,
	"reason" text NOT NULL,
	"refused_at" timestamp with time zone NOT NULL
);
