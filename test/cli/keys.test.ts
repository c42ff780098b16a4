import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { checkKeys } from '../../src/dataflow/sealedSecrets.ts'
import { audit } from '../../src/db/schema/access.ts'
import { commandHere } from '../support/commandHere.ts'
import { createLine } from '../support/line.ts'
import { expectExactlyOnce, waitForPages } from '../support/watching.ts'

test('keys are rotated while a run goes on, and only the new one is needed after', async () => {
  const line = await createLine({ users: 900, groups: 0, latencyMs: 60 })
  await line.createDataflow({ name: 'Rotated' })
  const key = randomBytes(32).toString('base64')
  const both = { POOLKEEPER_KEY: `${key},${line.env.POOLKEEPER_KEY}` }
  await line.startHere(['scheduler', 'worker'], { keys: loadConfig(both).keys })
  const run = await line.request({ id: 1 })
  await waitForPages(line, 2, run)
  const { code, stdout } = await commandHere(['keys', 'rotate', '--json'], { ...line.env, ...both })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ rotated: 1, key: expect.stringMatching(/^[0-9a-f]{8}$/) })
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  await expectExactlyOnce(line, 'rotated')
  await checkKeys(line.db, loadConfig({ POOLKEEPER_KEY: key }).keys)
  expect(await line.db.select().from(audit)).toMatchObject([{ action: 'rotateKeys', via: 'command' }])
})
