import { expect, test, vi } from 'vitest'
import { setShare } from '../../src/quota/shares.ts'
import { createLine } from '../support/line.ts'

test('a share that is set while a run is under way is kept to within seconds', async () => {
  const line = await createLine({ users: 4_000, groups: 0 })
  const listed = () => line.sandbox.requests.operations.ListUsers ?? 0
  // 1.5 requests a second: the run would take 45 s and more
  await setShare(line.db, { account: line.sandbox.accountId, category: 'UserList', share: 0.05 })
  await line.startHere()
  const run = await line.request(await line.createDataflow({ name: 'One' }))
  const upTo = (requests: number) =>
    vi.waitFor(() => expect(listed()).toBeGreaterThanOrEqual(requests), { timeout: 20_000, interval: 20 })
  await upTo(1)
  const began = performance.now()
  await upTo(7)
  expect(performance.now() - began).toBeGreaterThan(3_000)

  await setShare(line.db, { account: line.sandbox.accountId, category: 'UserList', share: 1 })
  const { state, seconds } = await line.ended(run)
  expect(state).toBe('succeeded')
  expect(seconds).toBeLessThan(25)
})
