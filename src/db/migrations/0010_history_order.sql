DROP INDEX "poolkeeper"."runs_history";--> statement-breakpoint
DROP INDEX "poolkeeper"."snapshots_by_dataflow";--> statement-breakpoint
CREATE INDEX "runs_history" ON "poolkeeper"."runs" USING btree ("dataflow_id","id");--> statement-breakpoint
CREATE INDEX "snapshots_by_dataflow" ON "poolkeeper"."snapshots" USING btree ("dataflow_id","id");