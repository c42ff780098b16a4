import { z } from 'zod'
import type { Children } from '../children.ts'

/** A pool that takes seconds to import and is worth looking at, at a latency that Cognito shows from nearby. */
const COMMAND = ['sandbox', '--users', '5000', '--groups', '12', '--latency', '60']

const sandboxPool = z.object({
  endpoint: z.string(),
  poolId: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
})
export type SandboxPool = z.infer<typeof sandboxPool>

/** The sandbox as a process of its own. Its pool is the same at each start, its address is not. */
export async function startSandbox(children: Children): Promise<SandboxPool> {
  return sandboxPool.parse(await children.fork(COMMAND, {}).ready)
}

/** What makes the SDK of every process of ours talk to the sandbox instead of AWS. */
export function sandboxVariables({ endpoint }: SandboxPool): Record<string, string> {
  return { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint, AWS_ENDPOINT_URL_STS: endpoint }
}
