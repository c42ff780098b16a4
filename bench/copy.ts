import { sql } from 'drizzle-orm'
import { closeDatabase, type Database } from '../src/db/database.ts'
import { type DataflowSchemas, qualified } from '../src/snapshot/tables.ts'
import { median } from './bench.ts'

const TIMES = 3

/**
 * How long Postgres takes to COPY a snapshot's users into a table without an index, from a file on its own machine: the
 * fastest way in that it has. On a server of the bench's own, for it takes its superuser.
 * @returns seconds
 */
export async function measureCopy(db: Database, dataflow: DataflowSchemas, snapshot: number): Promise<number> {
  const from = qualified(dataflow.snapshotSchema, `users_${snapshot}`)
  const [server] = await db.execute<{ folder: string }>(sql`select current_setting('data_directory') as folder`)
  const file = sql.raw(`'${server?.folder}/bench-copy.txt'`)
  const patient = db.openAnother({ name: 'bench copy', max: 2, patienceMs: 600_000 })
  await patient.execute(sql`copy ${from} to ${file}`)
  const took: number[] = []
  for (let i = 0; i < TIMES; i++) {
    await patient.execute(sql`create table bench_copy (like ${from})`)
    const began = performance.now()
    await patient.execute(sql`copy bench_copy from ${file}`)
    took.push((performance.now() - began) / 1_000)
    await patient.execute(sql`drop table bench_copy`)
  }
  await closeDatabase(patient)
  return median(took)
}
