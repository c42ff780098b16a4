import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))

/** Where the fence stands, what it says, and a bare checkpoint instead. */
const FENCE = {
  file: 'src/run/tasks.ts',
  text: 'where $' + '{holds(claim)} and page = $' + '{expected.page} returning 1',
  instead: 'where id = $' + '{claim.task.id} returning 1',
}

/**
 * Copies the product and takes the fence out of the copy. The product itself has no switch for it.
 * @returns the copy's `poolkeeper`
 */
export async function copyWithoutFence(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'poolkeeper-unfenced-'))
  onTestFinished(() => rm(copy, { recursive: true }))
  for (const part of ['src', 'dashboard', 'bin', 'package.json', 'tsconfig.json']) {
    await cp(join(CHECKOUT, part), join(copy, part), { recursive: true })
  }
  await symlink(join(CHECKOUT, 'node_modules'), join(copy, 'node_modules'))
  const fenced = await readFile(join(copy, FENCE.file), 'utf8')
  expect(fenced.split(FENCE.text), 'the fence, once').toHaveLength(2)
  await writeFile(join(copy, FENCE.file), fenced.replace(FENCE.text, FENCE.instead))
  return join(copy, 'bin/poolkeeper.js')
}
