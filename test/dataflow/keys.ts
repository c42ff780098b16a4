import { randomBytes } from 'node:crypto'
import { loadConfig, type SealingKey } from '../../src/config.ts'

/** Fresh sealing keys, read the way that the environment's are. */
export function freshKeys(count = 1): readonly SealingKey[] {
  const texts = Array.from({ length: count }, () => randomBytes(32).toString('base64'))
  return loadConfig({ POOLKEEPER_KEY: texts.join(',') }).keys
}
