CREATE TABLE "poolkeeper"."drafts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poolkeeper"."drafts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"owner" text NOT NULL,
	"answers" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"sealed" "bytea",
	"key_id" text,
	"found" jsonb,
	"external_id" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "drafts_sealed" CHECK (("poolkeeper"."drafts"."sealed" is null) = ("poolkeeper"."drafts"."key_id" is null))
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."readers" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poolkeeper"."readers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"dataflow_id" bigint NOT NULL,
	"role" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "readers_role_unique" UNIQUE("role")
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."run_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poolkeeper"."run_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" bigint NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"level" text DEFAULT 'info' NOT NULL,
	"message" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "poolkeeper"."dataflows" ADD COLUMN "connector" text DEFAULT 'aws-cognito' NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."dataflows" ADD COLUMN "tags" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."readers" ADD CONSTRAINT "readers_dataflow_id_dataflows_id_fk" FOREIGN KEY ("dataflow_id") REFERENCES "poolkeeper"."dataflows"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poolkeeper"."run_log" ADD CONSTRAINT "run_log_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "poolkeeper"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "readers_of_dataflow" ON "poolkeeper"."readers" USING btree ("dataflow_id");--> statement-breakpoint
CREATE INDEX "run_log_of_run" ON "poolkeeper"."run_log" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "runs_trouble" ON "poolkeeper"."runs" USING btree ("requested_at") WHERE "poolkeeper"."runs"."state" in ('failed', 'held');