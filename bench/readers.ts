import type { Database } from '../src/db/database.ts'
import type { DataflowSchemas } from '../src/snapshot/tables.ts'
import { median } from './bench.ts'

/** What a query costs through the published view, divided by what it costs straight on the snapshot's partition. */
export interface Readers {
  readonly oneUser: number
  readonly allUsers: number
}

/** Asks as applications do, by prepared statements. */
export async function measureReaders(db: Database, dataflow: DataflowSchemas, snapshot: number): Promise<Readers> {
  const view = `"${dataflow.schema}".users`
  const partition = `"${dataflow.snapshotSchema}".users_${snapshot}`
  const [somebody] = await db.$client.unsafe<{ sub: string }[]>(`select sub from ${partition} offset 1000 limit 1`)
  const ratio = async (times: number, query: (from: string) => string, parameters: string[] = []) => {
    const ask = (from: string) => timed(() => db.$client.unsafe(query(from), parameters, { prepare: true }))
    return ratioOf(
      () => ask(view),
      () => ask(partition),
      times,
    )
  }
  return {
    oneUser: await ratio(2_000, (from) => `select * from ${from} where sub = $1`, [somebody?.sub ?? '']),
    allUsers: await ratio(11, (from) => `select status, count(*), max(last_modified_at) from ${from} group by status`),
  }
}

/** In turns, so that whatever else the machine does meets both. */
async function ratioOf(one: () => Promise<number>, other: () => Promise<number>, times: number): Promise<number> {
  const took: { one: number[]; other: number[] } = { one: [], other: [] }
  for (let i = 0; i < times; i++) {
    took.one.push(await one())
    took.other.push(await other())
  }
  return median(took.one) / median(took.other)
}

async function timed(ask: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await ask()
  return performance.now() - began
}
