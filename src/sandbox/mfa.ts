import type { AdminGetUserResponse } from '@aws-sdk/client-cognito-identity-provider'
import type { SandboxUser } from './people.ts'
import { hash, Random } from './random.ts'

/** What AdminGetUser says of somebody's second factors. Who has none has none of the fields. */
export type SandboxMfa = Pick<AdminGetUserResponse, 'MFAOptions' | 'PreferredMfaSetting' | 'UserMFASettingList'>

/** Most people have no second factor, and those whom an identity provider sends never have one of Cognito's. */
export function mfaOf(seed: number, sub: string, { Attributes, UserStatus }: SandboxUser): SandboxMfa {
  const random = new Random(hash(seed, `mfa ${sub}`))
  const totp = random.chance(0.15)
  const sms = random.chance(0.3) && Attributes.some(({ Name }) => Name === 'phone_number')
  const factors = [...(totp ? ['SOFTWARE_TOKEN_MFA'] : []), ...(sms ? ['SMS_MFA'] : [])]
  const [first, ...more] = factors
  if (first === undefined || UserStatus === 'EXTERNAL_PROVIDER') return {}
  return {
    UserMFASettingList: factors,
    ...(random.chance(0.8) && { PreferredMfaSetting: random.pick([first, ...more]) }),
    // What SetUserSettings left behind; no longer supported, still answered, and only ever SMS (service model).
    ...(sms && random.chance(0.3) && { MFAOptions: [{ DeliveryMedium: 'SMS', AttributeName: 'phone_number' }] }),
  }
}
