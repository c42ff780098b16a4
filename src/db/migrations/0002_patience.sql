ALTER TABLE "poolkeeper"."dataflows" ALTER COLUMN "max_removed_percent" SET DEFAULT 15;--> statement-breakpoint
ALTER TABLE "poolkeeper"."dataflows" ADD COLUMN "max_removed_rows" integer DEFAULT 20 NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."dataflows" ADD COLUMN "timeout_minutes" integer DEFAULT 1440 NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."dataflows" ADD COLUMN "no_progress_minutes" integer DEFAULT 30 NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."runs" ADD COLUMN "pool_id" text;--> statement-breakpoint
ALTER TABLE "poolkeeper"."runs" ADD COLUMN "continues" bigint;--> statement-breakpoint
ALTER TABLE "poolkeeper"."tasks" ADD COLUMN "moved_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."dataflows" ADD CONSTRAINT "dataflows_patience" CHECK ("poolkeeper"."dataflows"."timeout_minutes" > 0 and "poolkeeper"."dataflows"."no_progress_minutes" > 0);