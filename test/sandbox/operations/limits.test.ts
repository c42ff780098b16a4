import { GetProvisionedLimitCommand } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { CATEGORY_RATES } from '../../../src/cognito/quotas.ts'
import { clientOf, sandboxFor } from '../support.ts'

const limitOf = (Category: string, LimitClass: string = 'API_CATEGORY') =>
  new GetProvisionedLimitCommand({ LimitDefinition: { LimitClass: LimitClass as never, Attributes: { Category } } })

describe('GetProvisionedLimit', () => {
  it('gives the quota that is enforced now, beside that of AWS', async () => {
    const sandbox = await sandboxFor({ quota: 0.5 })
    const client = clientOf(sandbox)
    for (const [category, rate] of Object.entries(CATEGORY_RATES)) {
      const { Limit } = await client.send(limitOf(category))
      expect(Limit).toEqual({
        LimitDefinition: { LimitClass: 'API_CATEGORY', Attributes: { Category: category } },
        ProvisionedLimitValue: Math.floor(rate / 2),
        FreeLimitValue: rate,
      })
    }
    sandbox.tune({ quota: 10 })
    expect((await client.send(limitOf('UserList'))).Limit?.ProvisionedLimitValue).toBe(300)
  })

  it.each([
    ['a category that there is not', limitOf('UserLists')],
    [
      'no category',
      new GetProvisionedLimitCommand({ LimitDefinition: { LimitClass: 'API_CATEGORY', Attributes: {} } }),
    ],
    ['another class of limits', limitOf('UserList', 'RESOURCE')],
    ['no definition', new GetProvisionedLimitCommand({ LimitDefinition: undefined })],
  ])('refuses %s', async (_case, command) => {
    const client = clientOf(await sandboxFor())
    await expect(client.send(command)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  it('takes a permission of its own, on the account', async () => {
    const sandbox = await sandboxFor()
    const credentials = sandbox.addPrincipal({ denied: ['cognito-idp:GetProvisionedLimit'] })
    await expect(clientOf(sandbox, { credentials }).send(limitOf('UserList'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('on resource: arn:aws:cognito-idp:us-east-1:123456789012:*'),
    })
  })
})
