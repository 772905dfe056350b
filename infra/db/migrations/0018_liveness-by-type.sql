ALTER TABLE "registry"."nodes" ALTER COLUMN "liveness" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "registry"."nodes" ALTER COLUMN "liveness" DROP NOT NULL;