CREATE TABLE "poolkeeper"."quota_limits" (
	"account_id" text NOT NULL,
	"region" text NOT NULL,
	"category" text NOT NULL,
	"rate" integer,
	"read_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "quota_limits_account_id_region_category_pk" PRIMARY KEY("account_id","region","category")
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."quota_shares" (
	"account_id" text DEFAULT '*' NOT NULL,
	"category" text DEFAULT '*' NOT NULL,
	"share" double precision NOT NULL,
	CONSTRAINT "quota_shares_account_id_category_pk" PRIMARY KEY("account_id","category"),
	CONSTRAINT "quota_shares_share" CHECK ("poolkeeper"."quota_shares"."share" > 0 and "poolkeeper"."quota_shares"."share" <= 1)
);
--> statement-breakpoint
DROP INDEX "poolkeeper"."runs_history";--> statement-breakpoint
DROP INDEX "poolkeeper"."snapshots_by_dataflow";--> statement-breakpoint
DROP INDEX "poolkeeper"."tasks_to_dispatch";--> statement-breakpoint
ALTER TABLE "poolkeeper"."runs" ADD COLUMN "priority" text DEFAULT 'ad-hoc' NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."runs" ADD COLUMN "waited_ms" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."tasks" ADD COLUMN "seen" jsonb;--> statement-breakpoint
ALTER TABLE "poolkeeper"."tasks" ADD COLUMN "waited_ms" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "runs_open" ON "poolkeeper"."runs" USING btree ("state") WHERE "poolkeeper"."runs"."state" in ('queued', 'planning', 'streaming', 'publishing', 'held');--> statement-breakpoint
CREATE INDEX "tasks_live" ON "poolkeeper"."tasks" USING btree ("run_id") WHERE "poolkeeper"."tasks"."state" = 'ready' and "poolkeeper"."tasks"."dispatched_at" is not null;--> statement-breakpoint
CREATE INDEX "runs_history" ON "poolkeeper"."runs" USING btree ("dataflow_id","id");--> statement-breakpoint
CREATE INDEX "snapshots_by_dataflow" ON "poolkeeper"."snapshots" USING btree ("dataflow_id","id");--> statement-breakpoint
CREATE INDEX "tasks_to_dispatch" ON "poolkeeper"."tasks" USING btree ("run_id","id") WHERE "poolkeeper"."tasks"."state" = 'ready' and "poolkeeper"."tasks"."dispatched_at" is null;--> statement-breakpoint
-- A stream that ends makes room for the next one of its run (see src/queue/dispatch.ts). Nobody waits for the poll, which
-- would leave a quota unused whose streams are short.
create trigger tasks_wake_dispatcher_for_room after update on poolkeeper.tasks
  for each row when (old.state = 'ready' and new.state = 'done' and new.kind = 'stream')
  execute function poolkeeper.wake_dispatcher();
