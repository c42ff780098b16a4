import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))

/** Where the fence stands, what it says, and a bare checkpoint instead. */
const FENCE = {
  file: 'src/run/tasks.ts',
  text: 'where $' + '{holds(claim)} and page = $' + '{expected.page} returning',
  instead: 'where id = $' + '{claim.task.id} returning',
}

/** The look at the claim every 2 s: it is no fence, but by chance it comes before the commit. */
const LOOK = { file: 'src/worker/whileHeld.ts', text: 'stop.abort(LOST)', instead: 'undefined' }

/**
 * Copies the product and takes the fence out of the copy, and what might stand in for it. The product itself has no
 * switch for it.
 * @returns the copy's `poolkeeper`
 */
export async function copyWithoutFence(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'poolkeeper-unfenced-'))
  onTestFinished(() => rm(copy, { recursive: true }))
  for (const part of ['src', 'dashboard', 'bin', 'package.json', 'tsconfig.json']) {
    await cp(join(CHECKOUT, part), join(copy, part), { recursive: true })
  }
  await symlink(join(CHECKOUT, 'node_modules'), join(copy, 'node_modules'))
  for (const { file, text, instead } of [FENCE, LOOK]) {
    const whole = await readFile(join(copy, file), 'utf8')
    expect(whole.split(text), `${text}, once`).toHaveLength(2)
    await writeFile(join(copy, file), whole.replace(text, instead))
  }
  return join(copy, 'bin/poolkeeper.js')
}
