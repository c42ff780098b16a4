import { AdminListUserAuthEventsCommand } from '@aws-sdk/client-cognito-identity-provider'
import { column, RAW_VALUES, READ_AT, SUB_OF_USER } from '../columns.ts'
import { fieldMapper } from '../fieldMapper.ts'
import { PAGE_SIZE } from '../pageSize.ts'
import type { Listed, SourceTable } from '../sourceTable.ts'
import { listUserByUser, type UserRequest } from '../userByUser.ts'

/** What each user did and what threat protection made of it. A pool without threat protection keeps no such events. */
export const userAuthEvents: SourceTable = {
  source: 'user_auth_events',
  byDefault: false,
  optIn: { operation: 'AdminListUserAuthEvents', billsEachUser: false, needs: 'threat protection' },
  operations: ['AdminListUserAuthEvents'],
  rows: 'unknown',
  sampleStream: () => null,
  requests: ({ users }) => ({ AdminListUserAuthEvents: users }),
  streams: ({ threatProtection }) => (threatProtection ? [{ source: 'user_auth_events' }] : []),
  listPage: listUserByUser(listEvents),
  shape: () => ({
    table: 'user_auth_events',
    comment: 'Sign-ups, sign-ins and changes of passwords, with the risk that threat protection saw in them',
    columns: [
      SUB_OF_USER,
      column('event_id', 'text', 'EventId', 'identifier'),
      column('type', 'text', 'EventType', 'behaviour', 'SignUp, SignIn, ForgotPassword, PasswordChange, ResendCode'),
      column('response', 'text', 'EventResponse', 'behaviour', 'Pass, Fail, InProgress'),
      column('risk_decision', 'text', 'EventRisk.RiskDecision', 'behaviour', 'NoRisk, AccountTakeover, Block'),
      column('risk_level', 'text', 'EventRisk.RiskLevel', 'behaviour', 'Low, Medium, High'),
      column(
        'compromised_credentials_detected',
        'boolean',
        'EventRisk.CompromisedCredentialsDetected',
        'credential',
        'whether the password is known from a leak elsewhere',
      ),
      column('ip_address', 'text', 'EventContextData.IpAddress', 'location'),
      column('device_name', 'text', 'EventContextData.DeviceName', 'identifier'),
      column('timezone', 'text', 'EventContextData.Timezone', 'location'),
      column('city', 'text', 'EventContextData.City', 'location'),
      column('country', 'text', 'EventContextData.Country', 'location'),
      column('challenge_responses', 'jsonb', 'ChallengeResponses', 'credential', 'which factors were asked for'),
      column('feedback', 'jsonb', 'EventFeedback', 'behaviour', 'what an administrator said of it'),
      column('created_at', 'timestamptz', 'CreationDate', 'behaviour'),
      READ_AT,
      RAW_VALUES,
    ],
    key: ['sub', 'event_id'],
    newest: 'created_at',
  }),
  rowMapper: fieldMapper('event'),
}

async function listEvents({ pool, named, token, signal }: UserRequest): Promise<Listed> {
  const request = { ...named, MaxResults: PAGE_SIZE, NextToken: token }
  const { AuthEvents = [], NextToken } = await pool.send(new AdminListUserAuthEventsCommand(request), signal)
  return { records: AuthEvents, token: NextToken }
}
