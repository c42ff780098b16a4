import { chmod, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { embeddedKey } from '../../src/embedded/key.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poolkeeper-key-'))
  onTestFinished(() => rm(folder, { recursive: true }))
})

test('the key is made once, for its owner only, as POOLKEEPER_KEY takes it', async () => {
  const key = await embeddedKey(folder)
  expect(await embeddedKey(folder)).toBe(key)
  expect((await stat(join(folder, 'key'))).mode & 0o777).toBe(0o600)
  expect(loadConfig({ POOLKEEPER_KEY: key }).keys[0]?.bytes).toHaveLength(32)
})

test('a key that others can read is refused', async () => {
  await embeddedKey(folder)
  await chmod(join(folder, 'key'), 0o640)
  await expect(embeddedKey(folder)).rejects.toThrow('Other accounts can read the key')
})
