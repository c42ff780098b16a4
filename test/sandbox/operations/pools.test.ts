import {
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { clientOf, sandboxFor } from '../support.ts'

const describePool = async (sandbox: Sandbox) =>
  (await clientOf(sandbox).send(new DescribeUserPoolCommand({ UserPoolId: sandbox.poolId }))).UserPool

describe('DescribeUserPool', () => {
  it('gives what the pool says of itself, dates to the millisecond', async () => {
    const sandbox = await sandboxFor()
    const pool = await describePool(sandbox)
    expect(pool).toEqual(sandbox.pool.description())
    expect(pool?.CreationDate?.getMilliseconds()).toBe(123)
  })

  it('tells its triggers, policies, messages, senders and tags', async () => {
    expect(await describePool(await sandboxFor())).toMatchObject({
      LambdaConfig: { PreSignUp: expect.stringMatching(/^arn:aws:lambda:us-east-1:123456789012:function:/) },
      Policies: { PasswordPolicy: { MinimumLength: 12 }, SignInPolicy: { AllowedFirstAuthFactors: expect.any(Array) } },
      VerificationMessageTemplate: { EmailMessage: '<p>Votre code&nbsp;: <b>{####}</b></p>' },
      EmailConfiguration: { From: '"Kundendienst, Zürich" <no-reply@mail.example.com>' },
      SmsConfiguration: { SnsRegion: 'us-east-1' },
      UserPoolTags: { team: 'Zürich "Nord"' },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1 }, { Priority: 2 }] },
    })
  })

  it.each([
    ['OFF', 'ESSENTIALS'],
    ['AUDIT', 'PLUS'],
    ['ENFORCED', 'PLUS'],
  ] as const)('says that threat protection is %s, in the plan %s', async (threatProtection, UserPoolTier) => {
    expect(await describePool(await sandboxFor({ threatProtection }))).toMatchObject({
      UserPoolAddOns: { AdvancedSecurityMode: threatProtection },
      UserPoolTier,
    })
  })

  it('gives a schema that gains attributes, loses them, and has them of another type', async () => {
    const sandbox = await sandboxFor()
    const types = async () => {
      const attributes = (await describePool(sandbox))?.SchemaAttributes ?? []
      return Object.fromEntries(attributes.map(({ Name = '', AttributeDataType }) => [Name, AttributeDataType]))
    }
    const before = await types()
    sandbox.pool.changeSchema('custom:city', 'String')
    sandbox.pool.changeSchema('custom:visits', 'String')
    sandbox.pool.changeSchema('custom:newsletter', null)
    const { 'custom:newsletter': _gone, ...kept } = before
    expect(await types()).toEqual({ ...kept, 'custom:visits': 'String', 'custom:city': 'String' })
    sandbox.pool.changeSchema('custom:none', null)
    expect(await types()).not.toHaveProperty('custom:none')
  })
})

describe('GetUserPoolMfaConfig', () => {
  it('gives the second factors, in accord with DescribeUserPool', async () => {
    const sandbox = await sandboxFor()
    const command = new GetUserPoolMfaConfigCommand({ UserPoolId: sandbox.poolId })
    const { $metadata, ...configuration } = await clientOf(sandbox).send(command)
    expect(configuration).toEqual(sandbox.pool.mfaConfiguration())
    const { MfaConfiguration, SmsConfiguration } = (await describePool(sandbox)) ?? {}
    expect(configuration).toMatchObject({ MfaConfiguration, SmsMfaConfiguration: { SmsConfiguration } })
  })
})

describe('ListTagsForResource', () => {
  it('gives the tags of the pool that has the ARN', async () => {
    const sandbox = await sandboxFor()
    sandbox.pool.tags.owner = 'Zoë'
    const { Tags } = await clientOf(sandbox).send(new ListTagsForResourceCommand({ ResourceArn: sandbox.pool.arn }))
    expect(Tags).toEqual(sandbox.pool.tags)
    expect(Tags).toMatchObject({ owner: 'Zoë', 東京: "drop table 'x';--" })
  })

  it.each([
    ['of another account', (arn: string) => arn.replace('123456789012', '999999999999'), 'ResourceNotFoundException'],
    ['of no pool', (arn: string) => `${arn}0`, 'ResourceNotFoundException'],
    ['that is none', () => 'not:an:arn:at:all:ever', 'InvalidParameterException'],
  ])('refuses an ARN %s', async (_case, change, name) => {
    const sandbox = await sandboxFor()
    const command = new ListTagsForResourceCommand({ ResourceArn: change(sandbox.pool.arn) })
    await expect(clientOf(sandbox).send(command)).rejects.toMatchObject({ name })
  })
})
