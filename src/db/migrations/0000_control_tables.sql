CREATE SCHEMA "poolkeeper";
--> statement-breakpoint
CREATE TABLE "poolkeeper"."credentials" (
	"dataflow_id" bigint PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"access_key_id" text,
	"sealed" "bytea",
	"key_id" text,
	"role_arn" text,
	"external_id" text,
	CONSTRAINT "credentials_whole" CHECK (case "poolkeeper"."credentials"."kind"
        when 'access-key' then "poolkeeper"."credentials"."access_key_id" is not null and "poolkeeper"."credentials"."sealed" is not null and "poolkeeper"."credentials"."key_id" is not null
        when 'role' then "poolkeeper"."credentials"."role_arn" is not null and "poolkeeper"."credentials"."external_id" is not null
        when 'ambient' then "poolkeeper"."credentials"."sealed" is null
        else false end)
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."dataflows" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poolkeeper"."dataflows_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"display_name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"pool_id" text NOT NULL,
	"region" text NOT NULL,
	"tables" jsonb NOT NULL,
	"schedule" text,
	"timezone" text DEFAULT 'UTC' NOT NULL,
	"next_run_at" timestamp with time zone,
	"paused_at" timestamp with time zone,
	"pause_reason" text,
	"keep_snapshots" integer DEFAULT 7 NOT NULL,
	"max_removed_percent" integer DEFAULT 25,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp with time zone,
	CONSTRAINT "dataflows_name" CHECK ("poolkeeper"."dataflows"."name" ~ '^[A-Za-z][A-Za-z0-9]{0,39}$'),
	CONSTRAINT "dataflows_schedule" CHECK (("poolkeeper"."dataflows"."schedule" is null) = ("poolkeeper"."dataflows"."next_run_at" is null)),
	CONSTRAINT "dataflows_keep" CHECK ("poolkeeper"."dataflows"."keep_snapshots" between 1 and 365)
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."publications" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poolkeeper"."publications_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"dataflow_id" bigint NOT NULL,
	"from_snapshot_id" bigint,
	"to_snapshot_id" bigint NOT NULL,
	"reason" text NOT NULL,
	"by" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."published" (
	"dataflow_id" bigint PRIMARY KEY NOT NULL,
	"snapshot_id" bigint,
	"published_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."run_tables" (
	"run_id" bigint NOT NULL,
	"table" text NOT NULL,
	"rows" bigint DEFAULT 0 NOT NULL,
	"added" bigint DEFAULT 0 NOT NULL,
	"removed" bigint DEFAULT 0 NOT NULL,
	"changed" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "run_tables_run_id_table_pk" PRIMARY KEY("run_id","table")
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."runs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poolkeeper"."runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"dataflow_id" bigint NOT NULL,
	"trigger" text NOT NULL,
	"requested_by" text NOT NULL,
	"request_key" text,
	"slot" timestamp with time zone,
	"state" text DEFAULT 'queued' NOT NULL,
	"cause" text,
	"description" text,
	"base_snapshot_id" bigint,
	"estimated_users" bigint,
	"account_id" text,
	"requests" bigint DEFAULT 0 NOT NULL,
	"throttled" bigint DEFAULT 0 NOT NULL,
	"warnings" bigint DEFAULT 0 NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "runs_finished" CHECK (("poolkeeper"."runs"."finished_at" is null) = ("poolkeeper"."runs"."state" in ('queued', 'planning', 'streaming', 'publishing'))),
	CONSTRAINT "runs_explained" CHECK ("poolkeeper"."runs"."state" in ('queued', 'planning', 'streaming', 'publishing') or "poolkeeper"."runs"."state" = 'succeeded' or "poolkeeper"."runs"."cause" is not null)
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."sessions" (
	"hash" text PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."sign_in_links" (
	"hash" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."snapshots" (
	"id" bigint PRIMARY KEY NOT NULL,
	"dataflow_id" bigint NOT NULL,
	"state" text DEFAULT 'building' NOT NULL,
	"tables" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."tasks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poolkeeper"."tasks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"label" text NOT NULL,
	"stream" jsonb,
	"state" text DEFAULT 'ready' NOT NULL,
	"epoch" integer DEFAULT 0 NOT NULL,
	"page" integer DEFAULT 0 NOT NULL,
	"token" text,
	"loop_mark" text,
	"rows" bigint DEFAULT 0 NOT NULL,
	"requests" bigint DEFAULT 0 NOT NULL,
	"throttled" bigint DEFAULT 0 NOT NULL,
	"warnings" bigint DEFAULT 0 NOT NULL,
	"fruitless_starts" integer DEFAULT 0 NOT NULL,
	"restarts" integer DEFAULT 0 NOT NULL,
	"delivery" integer DEFAULT 0 NOT NULL,
	"dispatched_at" timestamp with time zone,
	"claimed_by" text,
	"waiting_since" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "tasks_stream" CHECK (("poolkeeper"."tasks"."kind" = 'stream') = ("poolkeeper"."tasks"."stream" is not null))
);
--> statement-breakpoint
ALTER TABLE "poolkeeper"."credentials" ADD CONSTRAINT "credentials_dataflow_id_dataflows_id_fk" FOREIGN KEY ("dataflow_id") REFERENCES "poolkeeper"."dataflows"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poolkeeper"."publications" ADD CONSTRAINT "publications_dataflow_id_dataflows_id_fk" FOREIGN KEY ("dataflow_id") REFERENCES "poolkeeper"."dataflows"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poolkeeper"."published" ADD CONSTRAINT "published_dataflow_id_dataflows_id_fk" FOREIGN KEY ("dataflow_id") REFERENCES "poolkeeper"."dataflows"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poolkeeper"."published" ADD CONSTRAINT "published_snapshot_id_snapshots_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "poolkeeper"."snapshots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poolkeeper"."run_tables" ADD CONSTRAINT "run_tables_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "poolkeeper"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poolkeeper"."runs" ADD CONSTRAINT "runs_dataflow_id_dataflows_id_fk" FOREIGN KEY ("dataflow_id") REFERENCES "poolkeeper"."dataflows"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poolkeeper"."snapshots" ADD CONSTRAINT "snapshots_id_runs_id_fk" FOREIGN KEY ("id") REFERENCES "poolkeeper"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poolkeeper"."snapshots" ADD CONSTRAINT "snapshots_dataflow_id_dataflows_id_fk" FOREIGN KEY ("dataflow_id") REFERENCES "poolkeeper"."dataflows"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poolkeeper"."tasks" ADD CONSTRAINT "tasks_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "poolkeeper"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "dataflows_one_per_name" ON "poolkeeper"."dataflows" USING btree (lower("name")) WHERE "poolkeeper"."dataflows"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "dataflows_due" ON "poolkeeper"."dataflows" USING btree ("next_run_at") WHERE "poolkeeper"."dataflows"."removed_at" is null and "poolkeeper"."dataflows"."paused_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_active_per_dataflow" ON "poolkeeper"."runs" USING btree ("dataflow_id") WHERE "poolkeeper"."runs"."state" in ('queued', 'planning', 'streaming', 'publishing');--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_per_slot" ON "poolkeeper"."runs" USING btree ("dataflow_id","slot") WHERE "poolkeeper"."runs"."slot" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_per_request" ON "poolkeeper"."runs" USING btree ("request_key") WHERE "poolkeeper"."runs"."request_key" is not null;--> statement-breakpoint
CREATE INDEX "runs_history" ON "poolkeeper"."runs" USING btree ("dataflow_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "snapshots_by_dataflow" ON "poolkeeper"."snapshots" USING btree ("dataflow_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "snapshots_to_drop" ON "poolkeeper"."snapshots" USING btree ("id") WHERE "poolkeeper"."snapshots"."state" = 'dropping';--> statement-breakpoint
CREATE UNIQUE INDEX "tasks_one_per_stream" ON "poolkeeper"."tasks" USING btree ("run_id","stream") WHERE "poolkeeper"."tasks"."kind" = 'stream';--> statement-breakpoint
CREATE UNIQUE INDEX "tasks_one_plan_one_publish" ON "poolkeeper"."tasks" USING btree ("run_id","kind") WHERE "poolkeeper"."tasks"."kind" <> 'stream';--> statement-breakpoint
CREATE INDEX "tasks_to_dispatch" ON "poolkeeper"."tasks" USING btree ("id") WHERE "poolkeeper"."tasks"."state" = 'ready' and "poolkeeper"."tasks"."dispatched_at" is null;--> statement-breakpoint
CREATE INDEX "tasks_open" ON "poolkeeper"."tasks" USING btree ("run_id") WHERE "poolkeeper"."tasks"."state" = 'ready';