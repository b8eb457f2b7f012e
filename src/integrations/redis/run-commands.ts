import { RUN_RECORD_VERSION } from '../../runs/run-store.ts'
import { defineScript } from './script.ts'

// The keys, in this order:
//   run      hash    the state of the run
//   log      stream  its events; the id of an entry is one more than its seq, because ids begin at 1
//   stop     string  a stop that was requested before the run began
//   active   zset    the active runs of the scope, by the end of their lease
//   started  hash    the start of each active run in microseconds, then a space and its thread
//   threads  hash    the active run of each thread
// A run with an expired lease stays in the last three, so that its producer can renew the lease. It is removed from them
// when another run begins in its thread, which fences it, or after `retainMs`. Check the score in `active` before a run
// counts as running.
const RUN = `
local run, log, stop, active, started, threads = unpack(KEYS)
local runId, channel = ARGV[2], ARGV[3]

local record
local function readRecord()
  local names = {'v', 'token', 'threadId', 'leaseUntil', 'lastSeq', 'ended', 'stop', 'readAt', 'indexedUntil'}
  local values = redis.call('HMGET', run, unpack(names))
  if not values[1] then return 'unknown' end
  if tonumber(values[1]) > ${RUN_RECORD_VERSION} then return 'newer' end
  record = {}
  for i, name in ipairs(names) do record[name] = values[i] end
  record.lastSeq = tonumber(record.lastSeq)
  record.state = record.ended and 'ended' or (tonumber(record.leaseUntil) > now and 'running' or 'lost')
end

local function isActive(id)
  return (tonumber(redis.call('ZSCORE', active, id)) or 0) > now
end

local function retire(id)
  local thread = string.match(redis.call('HGET', started, id) or '', '^%d+ (.*)$')
  if thread and redis.call('HGET', threads, thread) == id then redis.call('HDEL', threads, thread) end
  redis.call('HDEL', started, id)
  redis.call('ZREM', active, id)
end

local function expireAt(time)
  redis.call('PEXPIREAT', run, time)
  redis.call('PEXPIREAT', log, time)
end

local function renew(leaseMs, retainMs, lastSeq)
  local leaseUntil = now + leaseMs
  redis.call('HSET', run, 'leaseUntil', leaseUntil, 'lastSeq', lastSeq)
  redis.call('ZADD', active, leaseUntil, runId)
  expireAt(leaseUntil + retainMs)
  -- The keys of the scope must live as long as the run. The time is stored, so that they are rarely checked.
  if record and leaseUntil + retainMs <= (tonumber(record.indexedUntil) or 0) then return end
  local keepMs = 2 * leaseMs + retainMs
  for _, key in ipairs({active, started, threads}) do
    if redis.call('PTTL', key) < keepMs then redis.call('PEXPIRE', key, keepMs) end
  end
  redis.call('HSET', run, 'indexedUntil', now + keepMs)
end

local function notify(change)
  redis.call('PUBLISH', channel, change)
end
`

/**
 * Begins a run. Args: token, leaseMs, retainMs, maxActive, `1` if there is a thread, the thread. Returns the outcome with
 * the stop flag, or with the conflicting run. The call is idempotent per token: a driver or a producer may repeat it when
 * it got no reply.
 */
export const BEGIN = defineScript(
  RUN,
  `
  local token, leaseMs, retainMs, maxActive = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
  local thread = ARGV[8] == '1' and ARGV[9]
  local flaw = readRecord()
  if flaw == 'newer' or (record and (record.token ~= token or record.ended)) then return {'exists'} end
  if record then return {'begun', record.stop} end

  for _, id in ipairs(redis.call('ZRANGEBYSCORE', active, '-inf', now - retainMs, 'LIMIT', 0, 100)) do retire(id) end
  local other = thread and redis.call('HGET', threads, thread)
  if other and isActive(other) then return {'thread-busy', other} end
  if redis.call('ZCOUNT', active, '(' .. now, '+inf') >= maxActive then return {'too-many-runs'} end
  -- From here on the producer of the other run cannot renew its lease.
  if other then retire(other) end

  local stopped = redis.call('DEL', stop) == 1
  redis.call('HSET', run, 'v', ${RUN_RECORD_VERSION}, 'token', token)
  if stopped then redis.call('HSET', run, 'stop', 1) end
  local begun = string.format('%d%06d', time[1], time[2])
  if thread then
    redis.call('HSET', run, 'threadId', thread)
    redis.call('HSET', threads, thread, runId)
    begun = begun .. ' ' .. thread
  end
  redis.call('HSET', started, runId, begun)
  renew(leaseMs, retainMs, -1)
  notify('events')
  return {'begun', stopped and '1'}`,
)

/**
 * Appends events. Args: token, leaseMs, retainMs, maxEvents, `1` if the events end the run, seq of the first one, the
 * events. Returns `written` with the stop flag, or the reason of the failure.
 */
export const WRITE = defineScript(
  RUN,
  `
  local token, leaseMs, retainMs, maxEvents = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
  local isLast, first, count = ARGV[8] == '1', tonumber(ARGV[9]), #ARGV - 9
  local flaw = readRecord()
  if flaw then return {flaw} end
  if record.token ~= token then return {'unknown'} end
  if isLast and record.ended then return {'written', record.stop} end
  if record.ended then return {'ended'} end
  if record.state == 'lost' and not redis.call('ZSCORE', active, runId) then return {'lost'} end
  if count > 0 and first > record.lastSeq + 1 then return {'gap'} end

  local last = math.max(record.lastSeq, first + count - 1)
  for seq = record.lastSeq + 1, last do
    redis.call('XADD', log, (seq + 1) .. '-0', 'event', ARGV[10 + seq - first])
  end
  if last >= maxEvents then redis.call('XTRIM', log, 'MAXLEN', maxEvents) end
  if isLast then
    redis.call('HSET', run, 'ended', 1, 'lastSeq', last)
    retire(runId)
    expireAt(now + retainMs)
  else
    renew(leaseMs, retainMs, last)
  end
  if isLast or last > record.lastSeq then notify('events') end
  return {'written', record.stop}`,
)

/** Reads a page. Args: afterSeq, limit. Returns `found`, the state, seq of the first and last event, and the events. */
export const READ = defineScript(
  RUN,
  `
  local afterSeq, limit = tonumber(ARGV[4]), tonumber(ARGV[5])
  local flaw = readRecord()
  if flaw then return {flaw} end
  redis.call('HSET', run, 'readAt', now)
  local oldest = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
  local firstSeq = oldest and tonumber(string.match(oldest[1], '^%d+')) - 1 or record.lastSeq + 1
  local page = {'found', record.state, firstSeq, record.lastSeq}
  for _, entry in ipairs(redis.call('XRANGE', log, (afterSeq + 2) .. '-0', '+', 'COUNT', limit)) do
    page[#page + 1] = entry[2][2]
  end
  return page`,
)

/**
 * Returns `found`, the state, the thread, seq of the last event, the stop flag, and the milliseconds since the last
 * read.
 */
export const STATUS = defineScript(
  RUN,
  `
  local flaw = readRecord()
  if flaw then return {flaw} end
  return {'found', record.state, record.threadId, record.lastSeq, record.stop, record.readAt and now - record.readAt}`,
)

/** Requests a stop. Args: retention of a stop of an unknown run. Returns the outcome. */
export const REQUEST_STOP = defineScript(
  RUN,
  `
  local flaw = readRecord()
  if flaw == 'newer' then return {flaw} end
  if not record then
    redis.call('SET', stop, 1, 'PX', ARGV[4])
    return {'unknown'}
  end
  if record.ended then return {'already-ended'} end
  redis.call('HSET', run, 'stop', 1)
  notify('stop')
  return {record.state == 'running' and 'stopping' or 'already-ended'}`,
)

/** Deletes a run. Returns the number of deleted runs. */
export const DELETE_RUN = defineScript(
  RUN,
  `
  local count = redis.call('DEL', run)
  redis.call('DEL', log)
  retire(runId)
  if count > 0 then notify('events') end
  return {count}`,
)

/** Keys: active, started. Returns each active run and its value in `started`. */
export const LIST_RUNS = defineScript(`
  local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')
  local runs = {}
  for _, id in ipairs(ids) do
    runs[#runs + 1] = id
    runs[#runs + 1] = redis.call('HGET', KEYS[2], id)
  end
  return runs`)
