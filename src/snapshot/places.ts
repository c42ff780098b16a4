import { eq } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { type Place, snapshots } from '../db/schema/snapshots.ts'

/** Where the walks of the run that made a snapshot ended, by table; none for a snapshot that never was. */
export async function placesOf(db: Queryable, snapshotId: number | null): Promise<Readonly<Record<string, Place>>> {
  if (snapshotId === null) return {}
  const [snapshot] = await db.select({ places: snapshots.places }).from(snapshots).where(eq(snapshots.id, snapshotId))
  return snapshot?.places ?? {}
}

/** Keeps them with the snapshot, so that publishing, discarding and rolling it back does the same to the places. */
export async function keepPlaces(
  db: Queryable,
  snapshotId: number,
  places: Readonly<Record<string, Place>>,
): Promise<void> {
  await db.update(snapshots).set({ places }).where(eq(snapshots.id, snapshotId))
}
