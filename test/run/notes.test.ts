import { expect, test } from 'vitest'
import { findRun } from '../../src/run/history.ts'
import { addNotes } from '../../src/run/notes.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow } from '../support/dataflows.ts'
import { aRun } from '../support/runs.ts'

test('notes are added to those that stand, in their order, and none is lost', async () => {
  const { db } = await createTestDatabase()
  const run = await aRun(db, await aDataflow(db), 'streaming')
  for (const notes of [['The first.', 'The "second".'], [], ['The third.']]) {
    await db.transaction((tx) => addNotes(tx, run, notes))
  }
  expect(await findRun(db, run)).toMatchObject({ notes: ['The first.', 'The "second".', 'The third.'] })
})
