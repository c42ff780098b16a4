import { MOST_STREAMS, streamLabel, streamsWanted } from '../cognito/shards.ts'
import { rowsLeft, splitShard } from '../cognito/split.ts'
import type { Transaction } from '../db/database.ts'
import { logRun } from '../run/log.ts'
import { endShardAt, lockStream, type OpenStream, openStreams } from '../run/openStreams.ts'
import { addStreams } from '../run/tasks.ts'

/**
 * Splits the shard of a run that has most left to read, where fewer streams are under way than fill the quota: into as many
 * new ones as are missing. Whoever reads it hears of its new end at the next commit; what it has read beyond that is there
 * twice, and doubles are removed in the end. Call it under `lockRun`, with a claim that holds.
 */
export async function splitSlowest(tx: Transaction, runId: number): Promise<void> {
  const open = await openStreams(tx, runId, MOST_STREAMS)
  const missing = streamsWanted(usageOf(open)) - open.length
  const [slowest] = open.toSorted((a, b) => rowsLeft(b) - rowsLeft(a))
  if (!slowest || !splitShard(slowest, missing)) return
  const shard = await lockStream(tx, slowest.id)
  const split = shard && splitShard(shard, missing)
  if (!split) return
  await endShardAt(tx, shard, split.until)
  const rest = split.rest.map((stream) => ({ stream, label: streamLabel(stream) }))
  await addStreams(tx, runId, rest)
  const others = rest.map(({ label }) => `"${label}"`)
  await logRun(
    tx,
    runId,
    `"${streamLabel(shard.stream)}" is far behind: ${new Intl.ListFormat('en').format(others)} read a part of it.`,
  )
}

function usageOf(open: readonly OpenStream[]): { requests: number; waitedMs: number } {
  const sum = (counted: (stream: OpenStream) => number) => open.reduce((all, stream) => all + counted(stream), 0)
  return { requests: sum(({ requests }) => requests), waitedMs: sum(({ waitedMs }) => waitedMs) }
}
