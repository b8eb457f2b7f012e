import { defineScript } from './script.ts'

// The keys of a thread, in this order:
//   entry    hash    the loaded turns, by the limit of the load
//   permit   string  the token that a reader needs to fill the entry; every write deletes it
//   writers  zset    the writes in progress, by the time at which they expire
const CACHE = `
local entry, permit, writers = unpack(KEYS)
`

/** Args: limit, new permit, its lifetime. Returns `hit` and the entry, or `miss` and the permit, or `busy`. */
export const LOOK_UP = defineScript(
  CACHE,
  `
  local hit = redis.call('HGET', entry, ARGV[2])
  if hit then return {'hit', hit} end
  if redis.call('ZCOUNT', writers, '(' .. now, '+inf') > 0 then return {'busy'} end
  if redis.call('SET', permit, ARGV[3], 'NX', 'PX', ARGV[4]) then return {'miss', ARGV[3]} end
  return {'miss', redis.call('GET', permit)}`,
)

/** Fills an entry. Args: limit, permit, entry, its lifetime. */
export const FILL = defineScript(
  CACHE,
  `
  if redis.call('GET', permit) ~= ARGV[3] then return {'refused'} end
  redis.call('HSET', entry, ARGV[2], ARGV[4])
  if redis.call('PTTL', entry) < 0 then redis.call('PEXPIRE', entry, ARGV[5]) end
  return {'filled'}`,
)

/** Begins a write; nothing is cached until it ends or expires. Args: id of the write, its lifetime. */
export const BEGIN_WRITE = defineScript(
  CACHE,
  `
  redis.call('DEL', entry, permit)
  redis.call('ZREMRANGEBYSCORE', writers, '-inf', now)
  redis.call('ZADD', writers, now + ARGV[3], ARGV[2])
  redis.call('PEXPIRE', writers, ARGV[3])
  return {'held'}`,
)

/** Ends a write. Args: id of the write. */
export const END_WRITE = defineScript(
  CACHE,
  `
  redis.call('DEL', entry, permit)
  redis.call('ZREM', writers, ARGV[2])
  return {'ended'}`,
)
