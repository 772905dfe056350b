ALTER TABLE "reboot"."node_runs" DROP CONSTRAINT "node_runs_op_operations_op_fk";
--> statement-breakpoint
ALTER TABLE "reload"."node_runs" DROP CONSTRAINT "node_runs_op_operations_op_fk";
--> statement-breakpoint
ALTER TABLE "setup"."node_runs" DROP CONSTRAINT "node_runs_op_operations_op_fk";
--> statement-breakpoint
DROP INDEX "reboot"."node_runs_finished";--> statement-breakpoint
DROP INDEX "reload"."node_runs_finished";--> statement-breakpoint
DROP INDEX "setup"."node_runs_finished";--> statement-breakpoint
DROP INDEX "reboot"."node_runs_queued";--> statement-breakpoint
DROP INDEX "reload"."node_runs_queued";--> statement-breakpoint
DROP INDEX "setup"."node_runs_queued";--> statement-breakpoint
ALTER TABLE "reboot"."node_runs" ADD COLUMN "charged_to" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "reboot"."operations" ADD COLUMN "charged_to" text;--> statement-breakpoint
ALTER TABLE "reload"."node_runs" ADD COLUMN "charged_to" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "reload"."operations" ADD COLUMN "charged_to" text;--> statement-breakpoint
ALTER TABLE "setup"."node_runs" ADD COLUMN "charged_to" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "setup"."operations" ADD COLUMN "charged_to" text;--> statement-breakpoint
CREATE INDEX "operations_open" ON "reboot"."operations" USING btree ("charged_to") WHERE "reboot"."operations"."finished_at" is null;--> statement-breakpoint
CREATE INDEX "operations_open" ON "reload"."operations" USING btree ("charged_to") WHERE "reload"."operations"."finished_at" is null;--> statement-breakpoint
CREATE INDEX "operations_open" ON "setup"."operations" USING btree ("charged_to") WHERE "setup"."operations"."finished_at" is null;--> statement-breakpoint
CREATE INDEX "node_runs_queued" ON "reboot"."node_runs" USING btree ("charged_to","not_before","ordinal") WHERE "reboot"."node_runs"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "node_runs_queued" ON "reload"."node_runs" USING btree ("charged_to","not_before","ordinal") WHERE "reload"."node_runs"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "node_runs_queued" ON "setup"."node_runs" USING btree ("charged_to","not_before","ordinal") WHERE "setup"."node_runs"."state" = 'queued';