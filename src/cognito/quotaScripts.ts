// What a line for a quota does in Redis, each script at once; `quotaLine.ts` calls them.
import { BURST } from './localSlots.ts'

/**
 * Slots are handed out so much ahead of their time, so that a process that is busy for a moment loses none. It is also what
 * a newcomer waits behind the others at most, and an interval.
 */
const HORIZON_MS = 75

/** Who waits asks again at least so often, because others may have left, or the ceiling risen. */
const ASK_EVERY_MS = 500

/** Who does not come back so long after the time is dead. */
const GRACE_MS = 1_000

/** A line in which nobody asks is forgotten. */
const LINE_KEPT_MS = 60_000

/** What was counted is kept for a day after the last request. */
const KEPT_MS = 24 * 3600 * 1_000

/**
 * Begins every script. The clock is Redis's, the same for all workers. A quota is a hash of numbers: `due`, when its next
 * slot is, and `last`, when its last one was; `virtual`, how far the turns have come; what was counted; and of the last
 * throttling when it was and what was `held` then. The ceiling follows from that alone: half of it for a second, which lets
 * the quota and its other consumers breathe; in two steps up to nine tenths, just below where it was too much; then 0.5 % of
 * the quota a second, to find out whether there is room again. Never less than one request a second, or nobody would notice
 * that there is.
 */
const PRELUDE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local quota, heads, seen = KEYS[1], KEYS[1] .. ':heads', KEYS[1] .. ':seen'

local function number(field, otherwise) return tonumber(redis.call('HGET', quota, field)) or otherwise end
local function lineOf(sharer) return quota .. ':line:' .. sharer end

local function ceiling(allowed)
  local seconds = (now - number('slowedAt', -math.huge)) / 1000
  if seconds < 0 or seconds == math.huge then return allowed end
  local step = seconds < 1 and 0.5 or seconds < 2 and 0.7 or 0.9
  local recovered = number('held', allowed) * step + math.max(0, seconds - 2) * allowed * 0.005
  return math.max(math.min(allowed, recovered), math.min(allowed, 1))
end
`

/**
 * Takes a request into the line, and out of it when its turn has come. Sharers take turns by start-time fair queueing:
 * each has a tag for its next request, which moves on by 1 / weight, and the lowest is next; who comes anew begins where
 * the others are. Within a sharer the request goes first whose stream is least far. Slots are spread by GCRA; what was handed
 * out at a lower ceiling counts for no more than it would now, and what a clock left that was set back since not at all.
 * ARGV: allowed/s, sharer, weight, progress, id, ms waited, patience in ms.
 */
export const ASK = `${PRELUDE}
local allowed, sharer, weight, id = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), ARGV[5]

local function leave(member)
  local whose, which = string.match(member, '^(%S+) (%S+)$')
  redis.call('ZREM', lineOf(whose), which)
  redis.call('ZREM', seen, member)
end

for _, member in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now, 'LIMIT', 0, 100)) do leave(member) end

if id == '' then id = string.format('%012d', redis.call('HINCRBY', quota, 'asked', 1)) end
local line, member, virtual = lineOf(sharer), sharer .. ' ' .. id, number('virtual', 0)
local head = tonumber(redis.call('ZSCORE', heads, sharer)) or virtual
if redis.call('ZCARD', line) == 0 then head = math.max(head, virtual) end
redis.call('ZADD', line, ARGV[4], id)
redis.call('ZADD', heads, head, sharer)
redis.call('HSET', quota, 'weight ' .. sharer, weight)

local rank = redis.call('ZRANK', line, id)
local tag = head + rank / weight
local all = redis.call('ZRANGE', heads, 0, -1, 'WITHSCORES')
for i = 1, #all, 2 do
  local other, first = all[i], tonumber(all[i + 1])
  if other ~= sharer then
    local waiting = redis.call('ZCARD', lineOf(other))
    if waiting > 0 then
      rank = rank + math.min(waiting, math.max(0, math.ceil((tag - first) * number('weight ' .. other, 1))))
    elseif first <= virtual then
      redis.call('ZREM', heads, other)
      redis.call('HDEL', quota, 'weight ' .. other)
    end
  end
end

local interval = 1000 / ceiling(allowed)
local last = number('last', 0)
local due = last > now + ${HORIZON_MS} and 0 or math.min(number('due', 0), last + interval * ${BURST})
local start = math.max(now, due - interval * ${BURST - 1})
local wait = start - now + rank * interval
local verdict, ms
if wait <= ${HORIZON_MS} then
  verdict, ms = 'go', start - now
  leave(member)
  redis.call('ZADD', heads, head + 1 / weight, sharer)
  redis.call('HSET', quota, 'due', string.format('%.3f', math.max(due, start) + interval),
    'last', string.format('%.3f', start), 'virtual', string.format('%.6f', math.max(virtual, head)))
  redis.call('HINCRBY', quota, 'granted', 1)
  redis.call('HINCRBY', quota, 'waited', math.ceil(ARGV[6] + ms))
  redis.call('HSETNX', quota, 'since', math.floor(now))
elseif wait > tonumber(ARGV[7]) then
  verdict, ms = 'busy', wait
  leave(member)
else
  verdict, ms = 'later', math.min(wait - ${HORIZON_MS / 2}, ${ASK_EVERY_MS})
  redis.call('ZADD', seen, now + ms + ${GRACE_MS}, member)
end
redis.call('PEXPIRE', quota, ${KEPT_MS})
for _, key in ipairs({line, heads, seen}) do redis.call('PEXPIRE', key, ${LINE_KEPT_MS}) end
return {verdict, id, math.ceil(ms)}
`

/** ARGV: sharer, id. */
export const LEAVE = `${PRELUDE}
redis.call('ZREM', lineOf(ARGV[1]), ARGV[2])
redis.call('ZREM', seen, ARGV[1] .. ' ' .. ARGV[2])
`

/** Halves at most once a second: what was on its way when it was throttled is the same throttling. ARGV: allowed/s. */
export const SLOW_DOWN = `${PRELUDE}
redis.call('HINCRBY', quota, 'throttled', 1)
redis.call('PEXPIRE', quota, ${KEPT_MS})
if math.abs(now - number('slowedAt', -math.huge)) < 1000 then return end
redis.call('HSET', quota, 'held', string.format('%.6f', ceiling(tonumber(ARGV[1]))), 'slowedAt', string.format('%.3f', now))
`

/** ARGV: allowed/s. */
export const LOOK = `${PRELUDE}
local waiting = {}
for _, sharer in ipairs(redis.call('ZRANGE', heads, 0, -1)) do
  local requests = redis.call('ZCARD', lineOf(sharer))
  if requests > 0 then
    table.insert(waiting, sharer)
    table.insert(waiting, requests)
  end
end
return {number('granted', 0), number('waited', 0), number('throttled', 0), number('since', 0),
  string.format('%.3f', ceiling(tonumber(ARGV[1]))), waiting}
`
