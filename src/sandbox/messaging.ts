import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { ConfiguredPool } from './configuredPool.ts'

export const SMS_AUTHENTICATION_MESSAGE = 'Ihr Code: {####}'

/** What a pool writes to people. */
export function messages() {
  const SmsMessage = 'Ihr Code für "Sandbox": {####}'
  const EmailMessage = '<p>Votre code&nbsp;: <b>{####}</b></p>'
  const EmailSubject = 'Votre code — 確認コード'
  return {
    SmsVerificationMessage: SmsMessage,
    EmailVerificationMessage: EmailMessage,
    EmailVerificationSubject: EmailSubject,
    SmsAuthenticationMessage: SMS_AUTHENTICATION_MESSAGE,
    VerificationMessageTemplate: {
      ...{ SmsMessage, EmailMessage, EmailSubject },
      EmailMessageByLink: 'Please {##confirm your address##}.',
      EmailSubjectByLink: "It's you?",
      DefaultEmailOption: 'CONFIRM_WITH_CODE',
    },
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: false,
      UnusedAccountValidityDays: 7,
      InviteMessageTemplate: {
        SMSMessage: 'Hello {username}, your password is {####}',
        EmailMessage: 'Hello {username},\nyour password is {####}',
        EmailSubject: 'Willkommen, "Sandbox" & Freunde',
      },
    },
  } satisfies UserPoolType
}

/** By whom it sends it. */
export function senders({ region, accountId }: ConfiguredPool) {
  return {
    EmailConfiguration: {
      SourceArn: `arn:aws:ses:${region}:${accountId}:identity/mail.example.com`,
      ReplyToEmailAddress: 'support@example.com',
      EmailSendingAccount: 'DEVELOPER',
      From: '"Kundendienst, Zürich" <no-reply@mail.example.com>',
      ConfigurationSet: 'transactional',
    },
    SmsConfiguration: smsConfiguration(region, accountId),
    SmsConfigurationFailure: 'SNSSandbox',
  } satisfies UserPoolType
}

/** In both DescribeUserPool and GetUserPoolMfaConfig. The external id is no secret: a role's trust policy holds it. */
export const smsConfiguration = (region: string, accountId: string) => ({
  SnsCallerArn: `arn:aws:iam::${accountId}:role/service-role/Cognito-SMS-Role`,
  ExternalId: 'a8d1c2e3-0000-4000-8000-5f6e7d8c9b0a',
  SnsRegion: region,
})
