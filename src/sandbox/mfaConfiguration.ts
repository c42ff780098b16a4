import type { GetUserPoolMfaConfigResponse } from '@aws-sdk/client-cognito-identity-provider'
import type { ConfiguredPool } from './configuredPool.ts'
import { SMS_AUTHENTICATION_MESSAGE, smsConfiguration } from './messaging.ts'

/** Everybody may have a second factor and nobody must. */
export const MFA_CONFIGURATION = 'OPTIONAL'

/** A pool's second factors as GetUserPoolMfaConfig gives them. */
export function mfaConfiguration({ region, accountId }: ConfiguredPool) {
  return {
    SmsMfaConfiguration: {
      SmsAuthenticationMessage: SMS_AUTHENTICATION_MESSAGE,
      SmsConfiguration: smsConfiguration(region, accountId),
    },
    SoftwareTokenMfaConfiguration: { Enabled: true },
    EmailMfaConfiguration: { Message: 'Your code is <b>{####}</b>', Subject: 'Ihr Code — 確認コード' },
    MfaConfiguration: MFA_CONFIGURATION,
    WebAuthnConfiguration: {
      RelyingPartyId: 'login.example.com',
      UserVerification: 'preferred',
      FactorConfiguration: 'SINGLE_FACTOR',
    },
  } satisfies GetUserPoolMfaConfigResponse
}
