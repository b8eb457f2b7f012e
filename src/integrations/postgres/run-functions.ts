import type { PostgresNames } from './names.ts'

/**
 * Returns the SQL functions of the run store, as migration 2 creates them. A run with an expired lease stays `running` in
 * its row, so that its producer can renew the lease. When another run begins in its thread, it becomes `lost`.
 */
export function runFunctions(names: PostgresNames): string {
  return `${beginRun(names)}\n${stopRun(names)}`
}

// Functions, because they must read the rows after they hold the lock. A single statement would read its snapshot, which
// is older than the lock.
function beginRun({ beginRun, runs, stops }: PostgresNames): string {
  return `
    create or replace function ${beginRun}(
      its_scope text, its_run text, its_v integer, its_thread text, its_token text,
      lease interval, most bigint, retain interval
    ) returns json language plpgsql as $function$
    declare
      known record;
      busy text;
      stop boolean;
    begin
      if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'ragwire needs the transaction isolation level read committed';
      end if;
      perform pg_advisory_xact_lock(hashtextextended(its_scope, 0));

      delete from ${runs} where (scope, run_id) in (
        select scope, run_id from ${runs}
        where began_at <= clock_timestamp() - retain and alive_until <= clock_timestamp() - retain
        order by began_at limit 5 for update skip locked
      );
      delete from ${runs}
      where scope = its_scope and run_id = its_run and alive_until <= clock_timestamp() - retain;
      select token, state, stop_requested into known from ${runs} where scope = its_scope and run_id = its_run;
      if found and known.token = its_token and known.state = 'running' then
        return json_build_object('outcome', 'begun', 'stopRequested', known.stop_requested);
      elsif found then
        return json_build_object('outcome', 'exists');
      end if;

      if (select count(*) from ${runs}
          where scope = its_scope and state = 'running' and alive_until > clock_timestamp()) >= most then
        return json_build_object('outcome', 'too-many-runs');
      end if;
      -- Waits for a write in progress and makes any later one fail: the producer can no longer renew its lease.
      update ${runs} set state = 'lost'
      where scope = its_scope and thread_id = its_thread and state = 'running' and alive_until <= clock_timestamp();
      select run_id into busy from ${runs}
      where scope = its_scope and state = 'running' and thread_id = its_thread limit 1;
      if found then
        return json_build_object('outcome', 'thread-busy', 'runId', busy);
      end if;

      delete from ${stops} where scope = its_scope and run_id = its_run
      returning kept_until > clock_timestamp() into stop;
      stop := coalesce(stop, false);
      insert into ${runs} (scope, run_id, v, thread_id, token, state, alive_until, stop_requested)
      values (its_scope, its_run, its_v, its_thread, its_token, 'running', clock_timestamp() + lease, stop);
      return json_build_object('outcome', 'begun', 'stopRequested', stop);
    end
    $function$;`
}

function stopRun({ stopRun, runs, stops, channel }: PostgresNames): string {
  return `
    create or replace function ${stopRun}(
      its_scope text, its_run text, keep interval, retain interval, notification text
    ) returns json language plpgsql as $function$
    declare
      run record;
    begin
      perform pg_advisory_xact_lock(hashtextextended(its_scope, 0));
      select state, alive_until into run from ${runs} where scope = its_scope and run_id = its_run for update;

      if not found or run.alive_until <= clock_timestamp() - retain then
        delete from ${stops} where (scope, run_id) in (
          select scope, run_id from ${stops}
          where kept_until <= clock_timestamp() order by kept_until limit 5 for update skip locked
        );
        insert into ${stops} (scope, run_id, kept_until) values (its_scope, its_run, clock_timestamp() + keep)
        on conflict (scope, run_id) do update set kept_until = excluded.kept_until;
        return to_json('unknown'::text);
      end if;

      if run.state = 'running' then
        update ${runs} set stop_requested = true where scope = its_scope and run_id = its_run;
        perform pg_notify('${channel}', notification);
      end if;
      return to_json(case when run.state = 'running' and run.alive_until > clock_timestamp()
        then 'stopping' else 'already-ended' end::text);
    end
    $function$;`
}
