// The sandbox as a process of its own, so that it does not share a thread with what is measured. Forked with the
// sandbox's options as JSON, how many accounts it is to have, each with a pool like the first, and how many users a second
// pool of the first account; tells its parent where it is, and ends with it.
import { type SandboxOptions, startSandbox } from '../src/sandbox/sandbox.ts'

interface Options extends SandboxOptions {
  readonly accounts?: number
  readonly beside?: number
}

const { accounts = 1, beside = 0, ...options }: Options = JSON.parse(process.argv[2] ?? '{}')
const { endpoint, poolId, region, accountId, credentials, addPool, addPrincipal } = await startSandbox(options)

const others = Array.from({ length: accounts - 1 }, (_, index) => {
  const account = { accountId: String(200_000_000_000 + index), seed: 100 + index }
  return {
    accountId: account.accountId,
    poolId: addPool({ ...options, ...account }).id,
    credentials: addPrincipal(account),
  }
})
const besideIt = { accountId, poolId: addPool({ users: beside, groups: 0 }).id, credentials }
process.send?.({ endpoint, poolId, region, accountId, credentials, others, beside: besideIt })
process.once('disconnect', () => process.exit())
