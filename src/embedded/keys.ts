import { randomBytes } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, loadConfig } from '../config.ts'
import { AskError, errorCode } from '../errors.ts'

/** A key that a data folder keeps in a file of its own. */
interface KeyFile {
  readonly name: string
  readonly use: string
  /** What else to do if somebody has read it. */
  readonly remedy: string
}

const SEALING: KeyFile = {
  name: 'key',
  use: 'seals your credentials',
  remedy: 'replace the credentials that it seals',
}
const HASHING: KeyFile = {
  name: 'hash-key',
  use: 'hashes personal values',
  remedy: 'delete it and import again: another one is made',
}

/** The keys that the embedded services work with. */
export interface OwnKeys extends Pick<Config, 'keys' | 'hashKey'> {
  /** The folder's own among them, for the environment of our processes. */
  readonly variables: Readonly<Record<string, string>>
}

/**
 * The environment's keys, and in place of those that it does not give the data folder's own, made at the first call.
 * @throws AskError when other accounts may read one of these.
 */
export async function ownKeys({ dataFolder, keys, hashKey }: Config): Promise<OwnKeys> {
  const variables = {
    ...(keys.length === 0 && { POOLKEEPER_KEY: await keptKey(dataFolder, SEALING) }),
    ...(!hashKey && { POOLKEEPER_HASH_KEY: await keptKey(dataFolder, HASHING) }),
  }
  const own = loadConfig(variables)
  return { keys: keys.length > 0 ? keys : own.keys, hashKey: hashKey ?? own.hashKey, variables }
}

async function keptKey(dataFolder: string, { name, use, remedy }: KeyFile): Promise<string> {
  const path = join(dataFolder, name)
  await makeUnlessThere(path)
  if (((await stat(path)).mode & 0o077) !== 0) {
    throw new AskError(
      'bad-configuration',
      `Other accounts can read the key that ${use}, ${path}.`,
      `Run \`chmod 600 ${path}\`; if somebody may have read it, ${remedy}.`,
    )
  }
  return (await readFile(path, 'utf8')).trim()
}

async function makeUnlessThere(path: string): Promise<void> {
  try {
    await writeFile(path, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}
