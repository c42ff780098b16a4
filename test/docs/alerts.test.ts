import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { signatureOf } from '../../src/alert/sign.ts'
import { startProcess } from '../support/processes.ts'

const SECRET = 'pkwh_3q2-7wABAgMEBQYHCAkKCwwNDg8'
const BODY = JSON.stringify({ id: 41, event: 'run.held', dataflow: 'CustomerPool', description: 'Look at it.' })

/** Runs the receiver that the page shows. */
async function startExample() {
  const page = await readFile(new URL('../../docs/alerts.md', import.meta.url), 'utf8')
  const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? []
  const folder = await mkdtemp(join(tmpdir(), 'poolkeeper-docs-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'receiver.mjs'), code)
  const receiver = startProcess([join(folder, 'receiver.mjs')], { WEBHOOK_SECRET: SECRET, PORT: '0' })
  const port = await vi.waitFor(() => /listening on (\d+)/.exec(receiver.output())?.[1] ?? expect.fail(), 10_000)
  return { receiver, url: `http://127.0.0.1:${port}/` }
}

test('the receiver that the page about alerts shows takes what we sign, once, and nothing else', async () => {
  const { receiver, url } = await startExample()
  const send = async (signature: string, body = BODY) =>
    (await fetch(url, { method: 'POST', body, headers: { 'Poolkeeper-Signature': signature } })).status
  const now = new Date()
  expect(await send(signatureOf(SECRET, BODY, now))).toBe(204)
  expect(await send(signatureOf(SECRET, BODY, now))).toBe(204)
  expect(receiver.output().match(/run\.held CustomerPool Look at it\./g)).toHaveLength(1)

  expect(await send(signatureOf(SECRET, BODY, now), BODY.replace('41', '42'))).toBe(401)
  expect(await send(signatureOf('another secret', BODY, now))).toBe(401)
  expect(await send(signatureOf(SECRET, BODY, new Date(now.getTime() - 600_000)))).toBe(401)
  expect(await send('')).toBe(401)
})
