import { assumeRole } from './assumeRole.ts'
import type { Operations } from './call.ts'
import { CLIENT_OPERATIONS } from './clients.ts'
import { GROUP_OPERATIONS } from './groups.ts'
import { PROVIDER_OPERATIONS } from './identityProviders.ts'
import { LIMIT_OPERATIONS } from './limits.ts'
import { POOL_OPERATIONS } from './pools.ts'
import { RESOURCE_OPERATIONS } from './resources.ts'
import { USER_OPERATIONS } from './users.ts'

/** Every operation that the sandbox knows, by name. */
export const OPERATIONS: Operations = {
  ...POOL_OPERATIONS,
  ...USER_OPERATIONS,
  ...GROUP_OPERATIONS,
  ...CLIENT_OPERATIONS,
  ...PROVIDER_OPERATIONS,
  ...RESOURCE_OPERATIONS,
  ...LIMIT_OPERATIONS,
  AssumeRole: { service: 'sts', answer: assumeRole },
}
