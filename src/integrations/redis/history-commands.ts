import { HISTORY_RECORD_VERSION } from '../../core/vocabulary/stored-turn.ts'
import { MAX_TITLE_CHARS } from '../../core/text/thread-page.ts'
import { defineScript } from './script.ts'

const MOST_TITLE_BYTES = 4 * (MAX_TITLE_CHARS + 1)

// The keys, in this order:
//   turns    hash  of a thread: `v`, its `title` if it was set, and `question:`, `message:`, `created:`, `replaces:`,
//                  `result:` and `feedback:` of each run
//   order    zset  of a thread: its runs in the order of their turns
//   threads  zset  of a scope: its threads, by the time of their last change, in unique microseconds
//   titles   hash  of a scope: the title of each thread that was set, or its first question
//   counts   hash  of a scope: the number of turns of each thread
//   runs     hash  of a scope: the thread of each run
const HISTORY = `
local turns, order, threads, titles, counts, runs = unpack(KEYS)
local threadId = ARGV[2]

local function isNewer()
  return (tonumber(redis.call('HGET', turns, 'v')) or 0) > ${HISTORY_RECORD_VERSION}
end

local function after(zset)
  local last = redis.call('ZREVRANGE', zset, 0, 0, 'WITHSCORES')[2]
  return math.max(micros, last and tonumber(last) + 1 or 0)
end

-- More bytes than the longest title in a list has. The cut may split a character, which is beyond that title.
local function cut(title)
  return string.sub(title, 1, ${MOST_TITLE_BYTES})
end

local function touch()
  local first = redis.call('ZRANGE', order, 0, 0)[1]
  redis.call('ZADD', threads, after(threads), threadId)
  local question = first and redis.call('HGET', turns, 'question:' .. first)
  -- An empty title if the record is damaged: the thread must stay usable.
  redis.call('HSET', titles, threadId, cut(redis.call('HGET', turns, 'title') or question or ''))
  redis.call('HSET', counts, threadId, redis.call('ZCARD', order))
end
`

/** Adds a turn. Args: thread, run, message, question, `1` if it replaces another run, that run. */
export const BEGIN_TURN = defineScript(
  HISTORY,
  `
  local runId, messageId, question, replaces = ARGV[3], ARGV[4], ARGV[5], ARGV[6] == '1' and ARGV[7]
  if isNewer() then return {'newer'} end
  local known = redis.call('HGET', runs, runId)
  if known and known ~= threadId then return {'store-conflict'} end
  if known then return {'kept'} end
  if replaces then
    if redis.call('HEXISTS', turns, 'question:' .. replaces) == 0 then return {'not-found'} end
    -- If it is a failed attempt to replace another turn, replace that turn.
    local root = redis.call('HGET', turns, 'replaces:' .. replaces)
    if root and redis.call('HEXISTS', turns, 'question:' .. root) == 1 then replaces = root end
  end

  redis.call('HSET', turns, 'v', ${HISTORY_RECORD_VERSION}, 'question:' .. runId, question,
    'message:' .. runId, messageId, 'created:' .. runId, now)
  -- A server of an earlier release does not remove it with the turn.
  redis.call('HDEL', turns, 'feedback:' .. runId)
  if replaces then redis.call('HSET', turns, 'replaces:' .. runId, replaces) end
  redis.call('ZADD', order, after(order), runId)
  redis.call('HSET', runs, runId, threadId)
  touch()
  return {'kept'}`,
)

/** Stores a result. Args: thread, run, result, `1` if it may replace another turn. Returns `kept` and an earlier result. */
export const FINISH_TURN = defineScript(
  HISTORY,
  `
  local runId, result, mayReplace = ARGV[3], ARGV[4], ARGV[5] == '1'
  local function forget(run)
    redis.call('ZREM', order, run)
    redis.call('HDEL', runs, run)
    for _, field in ipairs({'question:', 'message:', 'created:', 'replaces:', 'result:', 'feedback:'}) do
      redis.call('HDEL', turns, field .. run)
    end
  end

  if isNewer() then return {'newer'} end
  if redis.call('HEXISTS', turns, 'question:' .. runId) == 0 then return {'not-found'} end
  if redis.call('HSETNX', turns, 'result:' .. runId, result) == 0 then
    return {'kept', redis.call('HGET', turns, 'result:' .. runId)}
  end

  local replaced = mayReplace and redis.call('HGET', turns, 'replaces:' .. runId)
  local place = replaced and redis.call('ZSCORE', order, replaced)
  if place then
    forget(replaced)
    -- Failed attempts to replace the same turn.
    for _, run in ipairs(redis.call('ZRANGE', order, 0, -1)) do
      local isAttempt = run ~= runId and redis.call('HGET', turns, 'replaces:' .. run) == replaced
      if isAttempt and redis.call('HEXISTS', turns, 'result:' .. run) == 1 then forget(run) end
    end
    redis.call('ZADD', order, place, runId)
  end
  touch()
  return {'kept'}`,
)

const GIVE_TURN = `
local function give(page, runId)
  page[#page + 1] = runId
  for _, field in ipairs({'message:', 'question:', 'created:', 'replaces:', 'result:', 'feedback:'}) do
    page[#page + 1] = redis.call('HGET', turns, field .. runId)
  end
end
`

/** Args: thread, limit. Returns `found` and seven values for each of the latest turns, the oldest first. */
export const LOAD_TURNS = defineScript(
  HISTORY,
  GIVE_TURN,
  `
  local limit = tonumber(ARGV[3])
  if isNewer() then return {'newer'} end
  local page = {'found'}
  if limit < 1 then return page end
  for _, runId in ipairs(redis.call('ZRANGE', order, -limit, -1)) do give(page, runId) end
  return page`,
)

/** Keys: the runs of a scope. Args: run. Returns the thread of the run, if known. */
export const FIND_THREAD = defineScript(`return {redis.call('HGET', KEYS[1], ARGV[2])}`)

/** Args: thread, run. Returns `found` and, if the turn exists, its seven values. */
export const FIND_TURN = defineScript(
  HISTORY,
  GIVE_TURN,
  `
  if isNewer() then return {'newer'} end
  local page = {'found'}
  if redis.call('HEXISTS', turns, 'question:' .. ARGV[3]) == 1 then give(page, ARGV[3]) end
  return page`,
)

/**
 * Sets the feedback of a turn that has a result. Args: thread, run, feedback or an empty string. Returns `found`, the
 * earlier feedback and the seven values of the turn, or `not-found`.
 */
export const SET_FEEDBACK = defineScript(
  HISTORY,
  GIVE_TURN,
  `
  local runId, feedback = ARGV[3], ARGV[4]
  if isNewer() then return {'newer'} end
  if redis.call('HEXISTS', turns, 'question:' .. runId) == 0 then return {'not-found'} end
  if redis.call('HEXISTS', turns, 'result:' .. runId) == 0 then return {'not-found'} end
  local page = {'found', redis.call('HGET', turns, 'feedback:' .. runId)}
  if feedback == '' then redis.call('HDEL', turns, 'feedback:' .. runId)
  else redis.call('HSET', turns, 'feedback:' .. runId, feedback) end
  give(page, runId)
  return page`,
)

/** Sets the title of a thread. Args: thread, title. Returns `kept`, or `not-found` for an unknown thread. */
export const RENAME_THREAD = defineScript(
  HISTORY,
  `
  if isNewer() then return {'newer'} end
  if not redis.call('ZSCORE', threads, threadId) then return {'not-found'} end
  redis.call('HSET', turns, 'title', ARGV[3])
  redis.call('HSET', titles, threadId, cut(ARGV[3]))
  return {'kept'}`,
)

/** Deletes a thread. Args: thread. Returns the number of deleted threads. */
export const DELETE_THREAD = defineScript(
  HISTORY,
  `
  for _, runId in ipairs(redis.call('ZRANGE', order, 0, -1)) do redis.call('HDEL', runs, runId) end
  redis.call('DEL', turns, order)
  redis.call('HDEL', titles, threadId)
  redis.call('HDEL', counts, threadId)
  return {redis.call('ZREM', threads, threadId)}`,
)

/**
 * Keys: threads, titles, counts. Args: limit, the cursor or an empty string. Returns four values for each thread, the
 * latest first.
 */
export const LIST_THREADS = defineScript(`
  local threads, titles, counts = unpack(KEYS)
  local limit, before = tonumber(ARGV[2]), ARGV[3] == '' and '+inf' or '(' .. ARGV[3]
  local page = {}
  local found = redis.call('ZREVRANGEBYSCORE', threads, before, '-inf', 'WITHSCORES', 'LIMIT', 0, limit)
  for i = 1, #found, 2 do
    page[#page + 1] = found[i]
    page[#page + 1] = found[i + 1]
    local title = redis.call('HGET', titles, found[i])
    -- A server of an earlier release writes the whole question.
    page[#page + 1] = title and string.sub(title, 1, ${MOST_TITLE_BYTES})
    page[#page + 1] = redis.call('HGET', counts, found[i])
  end
  return page`)
