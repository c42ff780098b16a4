import { access, chmod, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AskError } from '../errors.ts'

/**
 * Makes the data folder, if need be, with the folder for logs in it. Others may pass through it, because Postgres runs
 * under another account when we are root; what is in it is closed to them, file by file.
 * @throws AskError when it can't be written to.
 */
export async function openDataFolder(path: string): Promise<void> {
  try {
    if (await mkdir(path, { recursive: true })) await chmod(path, 0o711)
    await mkdir(join(path, 'logs'), { recursive: true, mode: 0o700 })
    await access(path, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new AskError(
      'bad-configuration',
      `The data folder ${path} can't be written to.`,
      'Set POOLKEEPER_DATA to a folder of your own.',
      { cause },
    )
  }
}
