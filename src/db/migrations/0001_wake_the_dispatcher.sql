-- A task that becomes ready wakes the schedulers at commit. Polling finds what a lost notification missed,
-- so this saves latency and nothing depends on it.
create function poolkeeper.wake_dispatcher() returns trigger language plpgsql as $$
begin
  perform pg_notify('poolkeeper_tasks', '');
  return null;
end
$$;
--> statement-breakpoint
create trigger tasks_wake_dispatcher after insert on poolkeeper.tasks
  for each statement execute function poolkeeper.wake_dispatcher();
