import type { PostgresNames } from './names.ts'

/** The SQL statements of the run store. Leases are measured by the server's clock. */
export interface RunCommands {
  /**
   * Begins a run. `$1` scope, `$2` run, `$3` version, `$4` thread, `$5` token, `$6` lease, `$7` maximum of active runs,
   * `$8` retention.
   */
  readonly begin: string
  /**
   * Appends events. `$1` scope, `$2` run, `$3` token, `$4` lease, `$5` events, `$6` `seq` of the first one, `$7` of the
   * last one, `$8` maximum of events, `$9` true if they end the run, `$10` notification.
   */
  readonly write: string
  /** Returns a page of events. `$1` scope, `$2` run, `$3` retention, `$4` cursor, `$5` limit. */
  readonly read: string
  /** Returns the status of a run. `$1` scope, `$2` run, `$3` retention. */
  readonly status: string
  /** Returns the active runs. `$1` scope. */
  readonly list: string
  /** Requests a stop. `$1` scope, `$2` run, `$3` retention of the request, `$4` retention, `$5` notification. */
  readonly stop: string
  /** Deletes a run. `$1` scope, `$2` run, `$3` retention, `$4` notification. */
  readonly remove: string
}

/** Returns the statements for the tables of these names. Durations are in milliseconds. */
export function runCommands(names: PostgresNames): RunCommands {
  const { runs, events, beginRun, stopRun } = names
  return {
    begin: `
select ${beginRun}($1::text, $2::text, $3::integer, $4::text, $5::text, ${ms('$6')}, $7::bigint, ${ms('$8')})::text
  as answer`,

    write: writeStatement(names),

    // The events come from the statement's snapshot, so the state must come from it, too: otherwise a reader could see the
    // end before the last events. The row is locked, so that a run with a renewal in progress does not count as lost.
    read: `
with run as (
  ${known(runs)}
), noted as (
  update ${runs} r set read_at = clock_timestamp() from run where r.scope = $1::text and r.run_id = $2::text
  returning r.state, r.alive_until, r.last_seq
)
select json_build_object(
  'v', v, 'state', ${STATE}, 'firstSeq', first_seq, 'lastSeq', last_seq, 'events', (
    select coalesce(json_agg(event order by seq), '[]') from (
      select seq, event from ${events}
      where scope = $1::text and run_id = $2::text and seq > $4::bigint order by seq limit $5::bigint
    ) as page
  )
)::text as answer from run`,

    status: `
with run as (
  ${known(runs)}
), noted as (
  select state, alive_until, last_seq from ${runs}
  where scope = $1::text and run_id = $2::text and state = 'running' and alive_until <= clock_timestamp()
  for share
)
select json_strip_nulls(json_build_object(
  'v', v, 'state', ${STATE}, 'threadId', thread_id, 'lastSeq', last_seq, 'stopRequested', stop_requested,
  'readMsAgo', floor(extract(epoch from clock_timestamp() - read_at) * 1000)::bigint
))::text as answer from run`,

    list: `
select coalesce(json_agg(json_strip_nulls(json_build_object(
  'runId', run_id, 'threadId', thread_id, 'startedAt', floor(extract(epoch from began_at) * 1000)::bigint
)) order by began_at desc), '[]')::text as answer
from ${runs} where scope = $1::text and state = 'running' and alive_until > clock_timestamp()`,

    stop: `
select ${stopRun}($1::text, $2::text, ${ms('$3')}, ${ms('$4')}, $5::text)::text as answer`,

    remove: `
with gone as (
  delete from ${runs} where scope = $1::text and run_id = $2::text
  returning alive_until > clock_timestamp() - ${ms('$3')} as known
)
select to_json(known)::text as answer, pg_notify('${names.channel}', $4::text)::text as notified from gone`,
  }
}

/**
 * Appends events and renews the lease, even an expired one, or ends the run. The row lock serializes calls: a call that
 * waited re-checks the run. A repeated end changes nothing. `pg_notify` takes a lock of the whole server, so events are
 * announced only if the run was read in the last minute.
 */
function writeStatement({ runs, events, channel }: PostgresNames): string {
  return `
with run as (
  update ${runs} set
    state = case when $9::boolean then 'ended' else state end,
    alive_until = case when state = 'ended' then alive_until
      when $9::boolean then clock_timestamp() else clock_timestamp() + ${ms('$4')} end,
    first_seq = case when state = 'ended' then first_seq
      else greatest(first_seq, greatest(last_seq, $7::bigint) - $8::bigint + 1) end,
    last_seq = case when state = 'ended' then last_seq else greatest(last_seq, $7::bigint) end
  where scope = $1::text and run_id = $2::text and token = $3::text and (
    state = 'running' and last_seq >= $6::bigint - 1
    or state = 'ended' and $9::boolean)
  returning first_seq, last_seq, stop_requested, read_at
), logged as (
  insert into ${events} (scope, run_id, seq, event)
  select $1::text, $2::text, $6::bigint + place - 1, event
  from run, json_array_elements_text($5::text::json) with ordinality as list (event, place)
  where $6::bigint + place - 1 between first_seq and last_seq
  on conflict (scope, run_id, seq) do nothing
), evicted as (
  delete from ${events} e using run where e.scope = $1::text and e.run_id = $2::text and e.seq < run.first_seq
)
select to_json(stop_requested)::text as answer,
  case when $9::boolean or $7::bigint >= $6::bigint and read_at > clock_timestamp() - interval '1 minute'
    then pg_notify('${channel}', $10::text)::text end as notified
from run`
}

function known(runs: string): string {
  return `select * from ${runs}
  where scope = $1::text and run_id = $2::text and alive_until > clock_timestamp() - ${ms('$3')}`
}

/**
 * The state of `run`; `noted` is the same row, read under the lock. An expired lease is not stored as a state, because
 * its producer may still renew it.
 */
const STATE = `case when state = 'running' and exists (
    select from noted where noted.state <> 'ended' and noted.alive_until <= clock_timestamp()
      and noted.last_seq = run.last_seq
  ) then 'lost' else state end`

function ms(parameter: string): string {
  return `(${parameter}::float8 * interval '1 millisecond')`
}
