import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { ownKeys } from '../../src/embedded/keys.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poolkeeper-key-'))
  onTestFinished(() => rm(folder, { recursive: true }))
})

const configOf = (env: Record<string, string> = {}) => loadConfig({ ...env, POOLKEEPER_DATA: folder })

test('both keys are made once, for their owner only, and differ', async () => {
  const made = await ownKeys(configOf())
  expect(await ownKeys(configOf())).toEqual(made)
  for (const name of ['key', 'hash-key']) expect((await stat(join(folder, name))).mode & 0o777, name).toBe(0o600)
  expect(made.keys[0]?.bytes).toHaveLength(32)
  expect(made.hashKey?.bytes).toHaveLength(32)
  expect(made.hashKey?.id).not.toBe(made.keys[0]?.id)
})

test('processes are given them by the variables that the configuration reads', async () => {
  const { keys, hashKey, variables } = await ownKeys(configOf())
  expect(loadConfig({ ...variables })).toMatchObject({ keys, hashKey })
})

test("the environment's own keys are used, and none is made beside them", async () => {
  const key = () => randomBytes(32).toString('base64')
  const config = configOf({ POOLKEEPER_KEY: key(), POOLKEEPER_HASH_KEY: key() })
  expect(await ownKeys(config)).toEqual({ keys: config.keys, hashKey: config.hashKey, variables: {} })
  expect(await readdir(folder)).toEqual([])
})

test.each([
  ['key', 'seals your credentials'],
  ['hash-key', 'hashes personal values'],
])('a %s that others can read is refused', async (name, use) => {
  await ownKeys(configOf())
  await chmod(join(folder, name), 0o640)
  await expect(ownKeys(configOf())).rejects.toThrow(`Other accounts can read the key that ${use}`)
})
