import { defineScript } from './redis-script.ts'

// The keys of a thread, in this order:
//   entry    hash    what was loaded, by the limit that it was loaded with
//   permit   string  what a reader must have been given to fill the entry: any write takes it away
//   writers  zset    the writes that are under way, by the time until which they are waited for
const CACHE = `
local entry, permit, writers = unpack(KEYS)
`

/** Args: limit, a new permit, how long it is good. Returns `hit` and the entry, or `miss` and the permit, or `busy`. */
export const LOOK_UP = defineScript(
  CACHE,
  `
  local hit = redis.call('HGET', entry, ARGV[2])
  if hit then return {'hit', hit} end
  if redis.call('ZCOUNT', writers, '(' .. now, '+inf') > 0 then return {'busy'} end
  if redis.call('SET', permit, ARGV[3], 'NX', 'PX', ARGV[4]) then return {'miss', ARGV[3]} end
  return {'miss', redis.call('GET', permit)}`,
)

/** Args: limit, permit, entry, how long it is kept. */
export const FILL = defineScript(
  CACHE,
  `
  if redis.call('GET', permit) ~= ARGV[3] then return {'refused'} end
  redis.call('HSET', entry, ARGV[2], ARGV[4])
  if redis.call('PTTL', entry) < 0 then redis.call('PEXPIRE', entry, ARGV[5]) end
  return {'filled'}`,
)

/** Args: the write, how long it is waited for. Nothing is cached until it is over. */
export const BEGIN_WRITE = defineScript(
  CACHE,
  `
  redis.call('DEL', entry, permit)
  redis.call('ZREMRANGEBYSCORE', writers, '-inf', now)
  redis.call('ZADD', writers, now + ARGV[3], ARGV[2])
  redis.call('PEXPIRE', writers, ARGV[3])
  return {'held'}`,
)

/** Args: the write. */
export const END_WRITE = defineScript(
  CACHE,
  `
  redis.call('DEL', entry, permit)
  redis.call('ZREM', writers, ARGV[2])
  return {'ended'}`,
)
