ALTER TABLE "reload"."images" ADD COLUMN "cancelled_by" text;--> statement-breakpoint
-- Whoever removes an image looks whether an OS of the inventory counts on it.
GRANT SELECT (name, image) ON registry.operating_systems TO "reveille-reload";
