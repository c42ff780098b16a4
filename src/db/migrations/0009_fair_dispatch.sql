DROP INDEX "poolkeeper"."tasks_to_dispatch";--> statement-breakpoint
CREATE INDEX "tasks_live" ON "poolkeeper"."tasks" USING btree ("run_id") WHERE "poolkeeper"."tasks"."state" = 'ready' and "poolkeeper"."tasks"."dispatched_at" is not null;--> statement-breakpoint
CREATE INDEX "tasks_to_dispatch" ON "poolkeeper"."tasks" USING btree ("run_id","id") WHERE "poolkeeper"."tasks"."state" = 'ready' and "poolkeeper"."tasks"."dispatched_at" is null;--> statement-breakpoint
-- A stream that ends makes room for the next one of its run (see src/queue/dispatch.ts). Nobody waits for the poll, which
-- would leave a quota unused whose streams are short.
create trigger tasks_wake_dispatcher_for_room after update on poolkeeper.tasks
  for each row when (old.state = 'ready' and new.state = 'done' and new.kind = 'stream')
  execute function poolkeeper.wake_dispatcher();
