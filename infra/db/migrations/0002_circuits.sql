CREATE TABLE "reboot"."circuit_turns" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"circuit" text NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registry"."circuits" (
	"name" text PRIMARY KEY NOT NULL,
	"max_power_ons" integer,
	"window_s" double precision DEFAULT 5 NOT NULL
);
--> statement-breakpoint
CREATE INDEX "circuit_turns_by_time" ON "reboot"."circuit_turns" USING btree ("circuit","kind","at" desc);