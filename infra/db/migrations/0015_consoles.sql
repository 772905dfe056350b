CREATE TABLE "reboot"."consoles" (
	"node" text PRIMARY KEY NOT NULL,
	"op" text NOT NULL,
	"text" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
