-- Whoever is signed in signs in again: of an earlier session nobody knows whose it is.
DELETE FROM "poolkeeper"."sessions";--> statement-breakpoint
DELETE FROM "poolkeeper"."sign_in_links";--> statement-breakpoint
CREATE TABLE "poolkeeper"."audit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poolkeeper"."audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"via" text NOT NULL,
	"token_id" bigint,
	"action" text NOT NULL,
	"dataflow_id" bigint,
	"target" text,
	"origin" text NOT NULL,
	"request_id" text,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."oidc_sign_ins" (
	"hash" text PRIMARY KEY NOT NULL,
	"code_verifier" text NOT NULL,
	"nonce" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."tokens" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poolkeeper"."tokens_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"hint" text NOT NULL,
	"role" text NOT NULL,
	"personal" boolean NOT NULL,
	"dataflows" jsonb,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "tokens_hash_unique" UNIQUE("hash"),
	CONSTRAINT "tokens_role" CHECK ("poolkeeper"."tokens"."role" in ('viewer', 'operator', 'admin'))
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."alerts" (
	"event" text NOT NULL,
	"subject" text NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "alerts_event_subject_pk" PRIMARY KEY("event","subject")
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."webhook_deliveries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poolkeeper"."webhook_deliveries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"webhook_id" bigint NOT NULL,
	"event" text NOT NULL,
	"payload" jsonb NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"dispatched_at" timestamp with time zone,
	"outcome" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "poolkeeper"."webhooks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poolkeeper"."webhooks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"format" text NOT NULL,
	"events" jsonb NOT NULL,
	"dataflows" jsonb,
	"host" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhooks_format" CHECK ("poolkeeper"."webhooks"."format" in ('json', 'slack'))
);
--> statement-breakpoint
ALTER TABLE "poolkeeper"."dataflows" ADD COLUMN "freshness_minutes" integer;--> statement-breakpoint
ALTER TABLE "poolkeeper"."dataflows" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."runs" ADD COLUMN "request_hash" text;--> statement-breakpoint
ALTER TABLE "poolkeeper"."runs" ADD COLUMN "tables" jsonb;--> statement-breakpoint
ALTER TABLE "poolkeeper"."sessions" ADD COLUMN "person" text NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."sessions" ADD COLUMN "role" text NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."sessions" ADD COLUMN "personal" boolean NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."sessions" ADD COLUMN "dataflows" jsonb;--> statement-breakpoint
ALTER TABLE "poolkeeper"."sessions" ADD COLUMN "token_id" bigint;--> statement-breakpoint
ALTER TABLE "poolkeeper"."sign_in_links" ADD COLUMN "person" text NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "poolkeeper"."webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_by_dataflow" ON "poolkeeper"."audit" USING btree ("dataflow_id","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_waiting" ON "poolkeeper"."webhook_deliveries" USING btree ("due_at") WHERE "poolkeeper"."webhook_deliveries"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_of" ON "poolkeeper"."webhook_deliveries" USING btree ("webhook_id","id");--> statement-breakpoint
ALTER TABLE "poolkeeper"."sessions" ADD CONSTRAINT "sessions_token_id_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "poolkeeper"."tokens"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poolkeeper"."dataflows" ADD CONSTRAINT "dataflows_freshness" CHECK ("poolkeeper"."dataflows"."freshness_minutes" > 0);--> statement-breakpoint
ALTER TABLE "poolkeeper"."sessions" ADD CONSTRAINT "sessions_role" CHECK ("poolkeeper"."sessions"."role" in ('viewer', 'operator', 'admin'));