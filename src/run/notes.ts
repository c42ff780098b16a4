import { eq, sql } from 'drizzle-orm'
import type { Transaction } from '../db/database.ts'
import { runs } from '../db/schema/runs.ts'

/** Adds to what history says of a run beside its cause: sentences for people, with nobody's data in them. */
export async function addNotes(tx: Transaction, runId: number, notes: readonly string[]): Promise<void> {
  if (notes.length === 0) return
  await tx
    .update(runs)
    .set({ notes: sql`${runs.notes} || ${JSON.stringify(notes)}::jsonb` })
    .where(eq(runs.id, runId))
}
