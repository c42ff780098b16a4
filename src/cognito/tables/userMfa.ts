import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { column, RAW_VALUES, READ_AT, SUB_OF_USER } from '../columns.ts'
import { fieldMapper } from '../fieldMapper.ts'
import type { Listed, SourceTable } from '../sourceTable.ts'
import { listUserByUser, type UserRequest } from '../userByUser.ts'

/** The second factors of each user, which no list tells. */
export const userMfa: SourceTable = {
  source: 'user_mfa',
  byDefault: false,
  optIn: { operation: 'AdminGetUser', billsEachUser: true },
  operations: ['AdminGetUser'],
  rows: 'per user',
  sampleStream: () => null,
  requests: ({ users }) => ({ AdminGetUser: users }),
  streams: () => [{ source: 'user_mfa' }],
  listPage: listUserByUser(getUser),
  shape: () => ({
    table: 'user_mfa',
    comment: 'The second factors of each user',
    columns: [
      SUB_OF_USER,
      column('username', 'text', 'Username', 'identifier'),
      column(
        'preferred_mfa_setting',
        'text',
        'PreferredMfaSetting',
        'credential',
        'the factor that is asked for first',
      ),
      column('mfa_settings', 'jsonb', 'UserMFASettingList', 'credential', 'SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_OTP, …'),
      READ_AT,
      RAW_VALUES,
    ],
    key: ['sub'],
  }),
  leftOut: Object.fromEntries(
    ['UserAttributes', 'UserCreateDate', 'UserLastModifiedDate', 'Enabled', 'UserStatus', 'MFAOptions'].map((field) => [
      field,
      'what the table users has as well, where its own treatments hold',
    ]),
  ),
  rowMapper: fieldMapper('user'),
}

async function getUser({ pool, named, signal }: UserRequest): Promise<Listed> {
  const { UserAttributes: _, ...user } = await pool.send(new AdminGetUserCommand(named), signal)
  return { records: [user], token: undefined }
}
