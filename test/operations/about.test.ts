import { expect, test } from 'vitest'
import { createDataflow } from '../../src/dataflow/create.ts'
import { example } from '../dataflow/examples.ts'
import { freshKeys } from '../dataflow/keys.ts'
import { createTestDatabase } from '../support/database.ts'
import { ANA, operationsOf } from '../support/operations.ts'

test('what runs here is told without Redis as well, and which key is still needed', async () => {
  const { db } = await createTestDatabase()
  const [old, fresh] = [...freshKeys(), ...freshKeys()]
  if (!old || !fresh) throw new TypeError('there are two keys')
  await createDataflow(db, [old], example())
  const about = await operationsOf(db, ANA, [fresh])('showAbout', {})
  expect(about).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+/), redis: null })
  expect(about.keys).toEqual([
    { id: fresh.id, given: true, sealsNew: true, secrets: 0 },
    { id: old.id, given: false, sealsNew: false, secrets: 1 },
  ])
})
