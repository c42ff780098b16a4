import { randomBytes } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AskError, errorCode } from '../errors.ts'

/**
 * The data folder's own POOLKEEPER_KEY (32 bytes in base64), made at the first call.
 * @throws AskError when other accounts may read it.
 */
export async function embeddedKey(dataFolder: string): Promise<string> {
  const path = join(dataFolder, 'key')
  await makeUnlessThere(path)
  if (((await stat(path)).mode & 0o077) !== 0) {
    throw new AskError(
      'bad-configuration',
      `Other accounts can read the key that seals your credentials, ${path}.`,
      `Run \`chmod 600 ${path}\`; if somebody may have read it, replace the credentials that it seals.`,
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
