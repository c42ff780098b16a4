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
ALTER TABLE "poolkeeper"."runs" ADD COLUMN "priority" text DEFAULT 'ad-hoc' NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."runs" ADD COLUMN "waited_ms" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "poolkeeper"."tasks" ADD COLUMN "waited_ms" bigint DEFAULT 0 NOT NULL;