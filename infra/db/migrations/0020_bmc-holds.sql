CREATE TABLE "reboot"."bmc_holds" (
	"bmc" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"is_wanted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE INDEX "bmc_holds_wanted" ON "reboot"."bmc_holds" USING btree ("owner") WHERE "reboot"."bmc_holds"."is_wanted";