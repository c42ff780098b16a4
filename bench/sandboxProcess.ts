// The sandbox as a process of its own, so that it does not share a thread with what is measured. Forked with the
// sandbox's options as JSON; tells its parent where it is, and ends with it.
import { type SandboxOptions, startSandbox } from '../src/sandbox/sandbox.ts'

const options: SandboxOptions = JSON.parse(process.argv[2] ?? '{}')
const { endpoint, poolId, region, credentials } = await startSandbox(options)
process.send?.({ endpoint, poolId, region, credentials })
process.once('disconnect', () => process.exit())
