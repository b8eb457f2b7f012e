import type { PostgresNames } from './postgres-names.ts'

/** The statements of the run store. Leases go by the clock of the server. */
export interface RunStatements {
  /** `$1` scope, `$2` run, `$3` version, `$4` thread, `$5` token, `$6` lease, `$7` most runs, `$8` retention. */
  readonly begin: string
  /**
   * `$1` scope, `$2` run, `$3` token, `$4` lease, `$5` events, `$6` `seq` of the first one, `$7` of the last one, `$8`
   * most events, `$9` whether they end the run, `$10` notification.
   */
  readonly write: string
  /** `$1` scope, `$2` run, `$3` retention, `$4` after, `$5` limit. */
  readonly read: string
  /** `$1` scope, `$2` run, `$3` retention. */
  readonly status: string
  /** `$1` scope. */
  readonly list: string
  /** `$1` scope, `$2` run, `$3` how long the wish is kept, `$4` retention, `$5` notification. */
  readonly stop: string
  /** `$1` scope, `$2` run, `$3` retention, `$4` notification. */
  readonly remove: string
}

/** Writes the statements for these tables. Durations are in milliseconds. */
export function runStatements(names: PostgresNames): RunStatements {
  const { runs, events, beginRun, stopRun } = names
  return {
    begin: `
select ${beginRun}($1::text, $2::text, $3::integer, $4::text, $5::text, ${ms('$6')}, $7::bigint, ${ms('$8')})::text
  as answer`,

    write: writeStatement(names),

    // Events are read as they were when the statement began, so the rest is, too: an end must not overtake them. The row is
    // locked, so that a run whose renewal is under way is not taken for lost.
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
select to_json(known)::text as answer, pg_notify('${names.channel}', $4::text)::text as told from gone`,
  }
}

/**
 * Logs events and renews the lease, also one that has run out, or ends the run. Whoever has the run locked decides; another
 * call that waited for it looks at the run again. An end that is repeated finds the run as it left it. Notifications queue behind one lock of
 * the whole server, so events are told only while somebody reads from here.
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
    then pg_notify('${channel}', $10::text)::text end as told
from run`
}

function known(runs: string): string {
  return `select * from ${runs}
  where scope = $1::text and run_id = $2::text and alive_until > clock_timestamp() - ${ms('$3')}`
}

/**
 * The state of `run`, of which `noted` is the row as it is with the lock held. That a lease has run out is not written
 * down, because it may be taken back.
 */
const STATE = `case when state = 'running' and exists (
    select from noted where noted.state <> 'ended' and noted.alive_until <= clock_timestamp()
      and noted.last_seq = run.last_seq
  ) then 'lost' else state end`

function ms(parameter: string): string {
  return `(${parameter}::float8 * interval '1 millisecond')`
}
