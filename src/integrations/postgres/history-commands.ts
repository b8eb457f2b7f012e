import { MAX_TITLE_CHARS } from '../../core/text/thread-page.ts'
import type { PostgresNames } from './names.ts'

/** The SQL statements of the history store. Each locks the thread first, which rules out a deadlock. */
export interface HistoryCommands {
  /** Adds a turn. `$1` scope, `$2` thread, `$3` run, `$4` version, `$5` message, `$6` question, `$7` the replaced run. */
  readonly begin: string
  /** Stores a result. `$1` scope, `$2` thread, `$3` run, `$4` result, `$5` true if it may replace another turn. */
  readonly finish: string
  /** Returns the latest turns of a thread. `$1` scope, `$2` thread, `$3` limit. */
  readonly load: string
  /** Returns the turn of a run. `$1` scope, `$2` run. */
  readonly find: string
  /** Returns a page of threads. `$1` scope, `$2` limit, `$3` cursor. */
  readonly list: string
  /** Deletes a thread. `$1` scope, `$2` thread. */
  readonly remove: string
  /** Sets the title of a thread. `$1` scope, `$2` thread, `$3` title. */
  readonly rename: string
  /** Sets the feedback of a turn that has a result. `$1` scope, `$2` run, `$3` feedback or null. */
  readonly setFeedback: string
}

const TURN = `json_build_object(
    'v', v, 'threadId', thread_id, 'runId', run_id, 'messageId', message_id, 'question', question,
    'createdAt', floor(extract(epoch from created_at) * 1000)::bigint, 'replaces', replaces, 'result', result,
    'feedback', feedback
  )`

/** Returns the statements for the tables of these names. */
export function historyCommands(names: PostgresNames): HistoryCommands {
  return { ...turnCommands(names), ...readCommands(names), ...threadCommands(names) }
}

function turnCommands({ threads, turns }: PostgresNames): Pick<HistoryCommands, 'begin' | 'finish' | 'setFeedback'> {
  return {
    // `root` is the turn to replace, or, if that turn is a failed attempt, the turn that it tried to replace. The update
    // in `turn` changes nothing: it returns the row that a concurrent call has inserted.
    begin: `
with known as (
  select thread_id from ${turns} where scope = $1::text and run_id = $3::text
), named as (
  select run_id, replaces from ${turns} where scope = $1::text and thread_id = $2::text and run_id = $7::text
), root as (
  select coalesce((
    select t.run_id from ${turns} t
    where t.scope = $1::text and t.thread_id = $2::text and t.run_id = named.replaces
  ), named.run_id) as run_id from named
), allowed as (
  select where not exists (select from known) and ($7::text is null or exists (select from root))
), thread as (
  insert into ${threads} (scope, thread_id) select $1::text, $2::text from allowed
  on conflict (scope, thread_id) do update set touched = excluded.touched, updated_at = excluded.updated_at
  returning thread_id
), turn as (
  insert into ${turns} (scope, run_id, v, thread_id, message_id, question, replaces)
  select $1::text, $3::text, $4::integer, thread_id, $5::text, $6::text, (select run_id from root) from thread
  on conflict (scope, run_id) do update set v = ${turns}.v
  returning thread_id
)
select to_json(thread_id)::text as answer from (table known union all table turn) as found`,

    finish: `
with thread as (
  select from ${threads} where scope = $1::text and thread_id = $2::text for update
), turn as (
  select t.run_id, t.replaces, t.result as earlier, t.result is null as open from thread, ${turns} t
  where t.scope = $1::text and t.thread_id = $2::text and t.run_id = $3::text for update of t
), replaced as (
  delete from ${turns} t using turn
  where turn.open and $5::boolean and t.scope = $1::text and t.thread_id = $2::text and t.run_id = turn.replaces
  returning t.position
), attempts as (
  delete from ${turns} t using turn, replaced
  where t.scope = $1::text and t.thread_id = $2::text and t.replaces = turn.replaces
    and t.run_id <> turn.run_id and t.result is not null
), kept as (
  update ${turns} t set result = $4::text, position = coalesce((select position from replaced), t.position) from turn
  where turn.open and t.scope = $1::text and t.run_id = turn.run_id
  returning t.run_id
), touched as (
  update ${threads} set touched = default, updated_at = default
  where scope = $1::text and thread_id = $2::text and exists (select from kept)
)
select json_build_object('earlier', earlier)::text as answer from turn`,

    // Locks one turn and nothing else. The lock waits for a call that replaces the turn or deletes its thread.
    setFeedback: `
with known as (
  select run_id as known_run, feedback as earlier from ${turns}
  where scope = $1::text and run_id = $2::text and result is not null for update
)
update ${turns} set feedback = $3::text from known where scope = $1::text and run_id = known_run
returning json_build_object('earlier', earlier, 'turn', ${TURN})::text as answer`,
  }
}

function readCommands({ threads, turns }: PostgresNames): Pick<HistoryCommands, 'load' | 'find' | 'list'> {
  return {
    load: `
select coalesce(json_agg(turn order by position), '[]')::text as answer from (
  select position, ${TURN} as turn
  from ${turns} where scope = $1::text and thread_id = $2::text order by position desc limit $3::bigint
) as latest`,

    find: `select ${TURN}::text as answer from ${turns} where scope = $1::text and run_id = $2::text`,

    // One character more than the longest title, so that a cut is noticed.
    list: `
select coalesce(json_agg(thread order by touched desc), '[]')::text as answer from (
  select touched, json_build_object(
    'threadId', thread_id, 'touched', touched::text, 'title', left(coalesce(title, first.question), ${MAX_TITLE_CHARS + 1}),
    'turns', (select count(*) from ${turns} t where t.scope = $1::text and t.thread_id = ${threads}.thread_id),
    'updatedAt', floor(extract(epoch from updated_at) * 1000)::bigint
  ) as thread
  from ${threads}, lateral (
    select question from ${turns} t
    where t.scope = $1::text and t.thread_id = ${threads}.thread_id order by position limit 1
  ) as first
  where scope = $1::text and ($3::text is null or touched < $3::text::bigint) order by touched desc limit $2::bigint
) as page`,
  }
}

function threadCommands({ threads }: PostgresNames): Pick<HistoryCommands, 'remove' | 'rename'> {
  return {
    remove: `
delete from ${threads} where scope = $1::text and thread_id = $2::text
returning to_json(thread_id)::text as answer`,

    rename: `
update ${threads} set title = $3::text where scope = $1::text and thread_id = $2::text
returning to_json(thread_id)::text as answer`,
  }
}
