import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { AskError } from '../errors.ts'

/** Whether there is a person to ask: a script has to say everything in its command line and environment. */
export function canAsk(): boolean {
  return Boolean(process.stdin.isTTY && process.stderr.isTTY)
}

/**
 * Asks on the terminal; the question goes to stderr like everything that is not JSON.
 * @param hidden shows nothing of what is typed, for secrets
 * @throws AskError when the person leaves (Ctrl-C, Ctrl-D)
 */
export async function ask(question: string, { hidden = false } = {}): Promise<string> {
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() })
  if (hidden) process.stderr.write(question)
  const reader = createInterface({ input: process.stdin, output: hidden ? muted : process.stderr, terminal: true })
  const left = new AbortController()
  // Ctrl-C and Ctrl-D only close the reader; the question would never be settled.
  reader.once('close', () => left.abort())
  try {
    return (await reader.question(hidden ? '' : question, { signal: left.signal })).trim()
  } catch (error) {
    if (left.signal.aborted) throw new AskError('bad-input', 'Nothing was entered, so nothing was done.')
    throw error
  } finally {
    reader.close()
    if (hidden) process.stderr.write('\n')
  }
}
