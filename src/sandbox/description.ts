import type { LambdaConfigType, UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { ConfiguredPool } from './configuredPool.ts'
import { messages, senders } from './messaging.ts'
import { MFA_CONFIGURATION } from './mfaConfiguration.ts'

/** A pool as ListUserPools gives it. */
export function summarize({ id, name, region, accountId }: ConfiguredPool) {
  return {
    Id: id,
    Name: name,
    LambdaConfig: triggers(region, accountId),
    LastModifiedDate: CREATED,
    CreationDate: CREATED,
  }
}

/** A pool as DescribeUserPool gives it: every field of the model that such a pool has. */
export function describe(pool: ConfiguredPool, EstimatedNumberOfUsers: number) {
  return {
    ...summarize(pool),
    Arn: pool.arn,
    EstimatedNumberOfUsers,
    SchemaAttributes: [...pool.schema],
    UserPoolTags: { ...pool.tags },
    DeletionProtection: 'ACTIVE',
    ...signIn(),
    ...messages(),
    ...senders(pool),
    ...domains(pool),
    ...protection(pool),
    ...tokens(),
  } satisfies UserPoolType
}

/** Aliases and no UsernameAttributes: a pool has the one or the other (CreateUserPool). */
function signIn() {
  return {
    AliasAttributes: ['email', 'preferred_username'],
    AutoVerifiedAttributes: ['email', 'phone_number'],
    UsernameConfiguration: { CaseSensitive: false },
    MfaConfiguration: MFA_CONFIGURATION,
    DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false },
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    AccountRecoverySetting: {
      RecoveryMechanisms: [
        { Priority: 1, Name: 'verified_email' },
        { Priority: 2, Name: 'verified_phone_number' },
      ],
    },
    Policies: {
      PasswordPolicy: {
        MinimumLength: 12,
        RequireUppercase: true,
        RequireLowercase: true,
        RequireNumbers: true,
        RequireSymbols: false,
        PasswordHistorySize: 4,
        TemporaryPasswordValidityDays: 7,
      },
      SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN'] },
    },
  } satisfies UserPoolType
}

const domains = ({ id }: ConfiguredPool) => ({
  Domain: `sandbox-${id.split('_')[1]?.toLowerCase()}`,
  CustomDomain: 'login.example.com',
})

/** Threat protection is a feature of the Plus plan alone (developer guide, "User pool feature plans"). */
function protection({ threatProtection }: ConfiguredPool) {
  return {
    UserPoolAddOns: { AdvancedSecurityMode: threatProtection },
    UserPoolTier: threatProtection === 'OFF' ? 'ESSENTIALS' : 'PLUS',
  } satisfies UserPoolType
}

/** The names of the levels are always answered, those that nobody has chosen too (service model). */
function tokens() {
  const level = (number: number) => ({ AcrValue: `urn:cognito:loa:${number}` })
  return {
    KeyConfiguration: { KeyType: 'AWS_OWNED_KEY' },
    IssuerConfiguration: { Type: 'ORIGINAL' },
    AcrConfiguration: { Level1: level(1), Level2: level(2), Level3: level(3), Level4: level(4) },
  } satisfies UserPoolType
}

function triggers(region: string, accountId: string) {
  const arn = (name: string) => `arn:aws:lambda:${region}:${accountId}:function:sandbox-${name}`
  return {
    PreSignUp: arn('pre-sign-up'),
    PostConfirmation: arn('post-confirmation'),
    PreTokenGeneration: arn('pre-token'),
    PreTokenGenerationConfig: { LambdaVersion: 'V2_0', LambdaArn: arn('pre-token') },
    CustomEmailSender: { LambdaVersion: 'V1_0', LambdaArn: arn('email-sender') },
    KMSKeyID: `arn:aws:kms:${region}:${accountId}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  } satisfies LambdaConfigType
}

const CREATED = new Date(Date.UTC(2018, 0, 1, 0, 0, 0, 123))
