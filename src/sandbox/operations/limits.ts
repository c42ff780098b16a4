import type { Cloud } from '../cloud.ts'
import { invalidParameter } from '../errors.ts'
import { type Input, requiredText } from '../parameters.ts'
import { type Call, cognito, type Operations } from './call.ts'

/** What is asked of the account. */
export const LIMIT_OPERATIONS: Operations = {
  GetProvisionedLimit: cognito('UserPoolRead', getProvisionedLimit),
}

/** Whether AWS knows these categories is unconfirmed (its examples are about signing in); the sandbox knows all of its own. */
function getProvisionedLimit({ quota }: Cloud, { input }: Call) {
  const definition = input.LimitDefinition as Input
  const category = requiredText((definition?.Attributes ?? {}) as Input, 'Category')
  const limits = definition.LimitClass === 'API_CATEGORY' ? quota.limitsOf(category) : undefined
  if (!limits) throw invalidParameter('The limit definition is not valid.')
  return {
    Limit: {
      LimitDefinition: definition,
      ProvisionedLimitValue: limits.provisioned,
      FreeLimitValue: limits.free,
    },
  }
}
