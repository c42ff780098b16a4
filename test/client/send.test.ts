import { expect, test } from 'vitest'
import { createClient, PoolkeeperApiError } from '../../src/client/client.ts'
import { broken, json, problem, type ScriptedServer, scripted } from './scripted.ts'

const clientOf = ({ url }: ScriptedServer) => createClient({ url, token: 'pk_one' })

const RUN = { run: 12, state: 'queued' }

test('a question is asked again until the server is back', async () => {
  const server = await scripted(broken, problem(503, 'database-unavailable'), json(RUN))
  expect(await clientOf(server).call('showRun', { run: 12 })).toEqual(RUN)
  expect(server.requests).toHaveLength(3)
  expect(server.requests[2]?.headers.authorization).toBe('Bearer pk_one')
})

test('a change is not asked for twice: the first request may have done it', async () => {
  const server = await scripted(broken)
  const call = clientOf(server).call('requestRun', { name: 'CustomerPool' })
  await expect(call).rejects.toMatchObject({ status: 0, cause: 'network', requestId: null })
  await expect(call).rejects.toThrow(/127\.0\.0\.1:\d+ does not answer \(.+\)\. Check the address/)
  expect(server.requests).toHaveLength(1)
})

test('a run is requested again under the same key, and another run under another', async () => {
  const server = await scripted(broken, problem(502, 'network'), json(RUN, 202))
  const client = clientOf(server)
  expect(await client.run('CustomerPool')).toEqual(RUN)
  await client.run('CustomerPool')
  const [first, second, third, other] = server.requests.map(({ headers }) => headers['idempotency-key'])
  expect(first).toMatch(/^[0-9a-f-]{36}$/)
  expect([second, third]).toEqual([first, first])
  expect(other).not.toBe(first)
})

test('what was turned away for asking too often is asked again when the server says', async () => {
  const server = await scripted(problem(429, 'too-many-requests', { 'retry-after': '1' }), json(RUN, 202))
  const before = performance.now()
  await clientOf(server).call('requestRun', { name: 'CustomerPool' })
  expect(performance.now() - before).toBeGreaterThanOrEqual(990)
})

test('what the API says itself is told as it is, at once', async () => {
  const server = await scripted(problem(409, 'conflict'))
  const failure = await clientOf(server)
    .call('showRun', { run: 12 })
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(PoolkeeperApiError)
  expect(failure).toMatchObject({
    ...{ status: 409, cause: 'conflict', detail: 'It did not work.', remedy: 'Do it otherwise.', requestId: 'req-1' },
    message: 'It did not work. Do it otherwise.',
  })
  expect(server.requests).toHaveLength(1)
})

test('an answer of something else than Poolkeeper is told as that, and the token is not sent after a redirect', async () => {
  const elsewhere = await scripted(json(RUN))
  const server = await scripted((response) => void response.writeHead(302, { location: elsewhere.url }).end())
  await expect(clientOf(server).call('showRun', { run: 12 })).rejects.toThrow(
    'answered 302, and not as Poolkeeper does',
  )
  expect(elsewhere.requests).toEqual([])
})

test('a call ends with the reason of its signal, also while it waits for the server to come back', async () => {
  const stop = new AbortController()
  const server = await scripted((response) => {
    response.destroy()
    stop.abort(new Error('enough'))
  })
  await expect(clientOf(server).call('showRun', { run: 12 }, { signal: stop.signal })).rejects.toThrow('enough')
})
