import {
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  type GetUserPoolMfaConfigResponse,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import { column, RAW_VALUES, type SourceColumn } from '../columns.ts'
import { fieldMapper } from '../fieldMapper.ts'
import type { Listed, PageRequest, SourceTable } from '../sourceTable.ts'

/** The pool, and what only the other request tells of its second factors. */
type PoolRecord = UserPoolType & GetUserPoolMfaConfigResponse

const COLUMNS: readonly SourceColumn[] = [
  column('id', 'text', 'Id', 'none'),
  column('name', 'text', 'Name', 'none'),
  column('arn', 'text', 'Arn', 'none'),
  column('status', 'text', 'Status', 'none', 'no longer used by Cognito'),
  column('tier', 'text', 'UserPoolTier', 'none', 'LITE, ESSENTIALS or PLUS'),
  column('estimated_users', 'integer', 'EstimatedNumberOfUsers', 'none'),
  column('created_at', 'timestamptz', 'CreationDate', 'none'),
  column('last_modified_at', 'timestamptz', 'LastModifiedDate', 'none'),
  column('deletion_protection', 'text', 'DeletionProtection', 'none', 'ACTIVE or INACTIVE'),
  column('domain', 'text', 'Domain', 'none', 'the prefix of the domain that Cognito hosts'),
  column('custom_domain', 'text', 'CustomDomain', 'none'),
  column('tags', 'jsonb', 'UserPoolTags', 'none'),
  column(
    'triggers',
    'jsonb',
    'LambdaConfig',
    'none',
    'the Lambda functions that Cognito calls, and the id of their key',
  ),
  column('password_policy', 'jsonb', 'Policies.PasswordPolicy', 'none'),
  column('sign_in_policy', 'jsonb', 'Policies.SignInPolicy', 'none'),
  column('mfa_configuration', 'text', 'MfaConfiguration', 'none', 'OFF, ON or OPTIONAL'),
  column('sms_mfa_configuration', 'jsonb', 'SmsMfaConfiguration', 'none'),
  column('software_token_mfa_configuration', 'jsonb', 'SoftwareTokenMfaConfiguration', 'none'),
  column('email_mfa_configuration', 'jsonb', 'EmailMfaConfiguration', 'none'),
  column('web_authn_configuration', 'jsonb', 'WebAuthnConfiguration', 'none', 'passkeys'),
  column('schema_attributes', 'jsonb', 'SchemaAttributes', 'none', 'every attribute that a user may have'),
  column('auto_verified_attributes', 'jsonb', 'AutoVerifiedAttributes', 'none'),
  column('alias_attributes', 'jsonb', 'AliasAttributes', 'none'),
  column('username_attributes', 'jsonb', 'UsernameAttributes', 'none'),
  column('username_configuration', 'jsonb', 'UsernameConfiguration', 'none'),
  column('user_attribute_update_settings', 'jsonb', 'UserAttributeUpdateSettings', 'none'),
  column('account_recovery_setting', 'jsonb', 'AccountRecoverySetting', 'none'),
  column('admin_create_user_config', 'jsonb', 'AdminCreateUserConfig', 'none'),
  column('device_configuration', 'jsonb', 'DeviceConfiguration', 'none'),
  column('user_pool_add_ons', 'jsonb', 'UserPoolAddOns', 'none', 'threat protection'),
  column('email_configuration', 'jsonb', 'EmailConfiguration', 'contact', 'From and ReplyToEmailAddress are addresses'),
  column('email_configuration_failure', 'text', 'EmailConfigurationFailure', 'none'),
  column('sms_configuration', 'jsonb', 'SmsConfiguration', 'none'),
  column('sms_configuration_failure', 'text', 'SmsConfigurationFailure', 'none'),
  column('verification_message_template', 'jsonb', 'VerificationMessageTemplate', 'none'),
  column('email_verification_message', 'text', 'EmailVerificationMessage', 'none'),
  column('email_verification_subject', 'text', 'EmailVerificationSubject', 'none'),
  column('sms_verification_message', 'text', 'SmsVerificationMessage', 'none'),
  column('sms_authentication_message', 'text', 'SmsAuthenticationMessage', 'none'),
  column('dcr_configuration', 'jsonb', 'DcrConfiguration', 'none', 'dynamic registration of clients'),
  column('key_configuration', 'jsonb', 'KeyConfiguration', 'none', 'which key encrypts the pool, not the key'),
  column('issuer_configuration', 'jsonb', 'IssuerConfiguration', 'none'),
  column('acr_configuration', 'jsonb', 'AcrConfiguration', 'none', 'authentication context classes'),
  RAW_VALUES,
]

export const userPool: SourceTable = {
  source: 'user_pool',
  byDefault: false,
  operations: ['DescribeUserPool', 'GetUserPoolMfaConfig'],
  rows: 'listed',
  sampleStream: () => ({ source: 'user_pool' }),
  requests: () => ({ DescribeUserPool: 1, GetUserPoolMfaConfig: 1 }),
  streams: () => [{ source: 'user_pool' }],
  listPage,
  shape: () => ({
    table: 'user_pool',
    comment: 'The pool itself: one row with its settings',
    columns: COLUMNS,
    key: ['id'],
    newest: 'last_modified_at',
  }),
  rowMapper: fieldMapper('pool'),
}

async function listPage({ pool, signal }: PageRequest): Promise<Listed> {
  const request = { UserPoolId: pool.poolId }
  const { UserPool } = await pool.send(new DescribeUserPoolCommand(request), signal)
  const mfa = await pool.send(new GetUserPoolMfaConfigCommand(request), signal)
  const record: PoolRecord = {
    ...UserPool,
    MfaConfiguration: mfa.MfaConfiguration ?? UserPool?.MfaConfiguration,
    SmsMfaConfiguration: mfa.SmsMfaConfiguration,
    SoftwareTokenMfaConfiguration: mfa.SoftwareTokenMfaConfiguration,
    EmailMfaConfiguration: mfa.EmailMfaConfiguration,
    WebAuthnConfiguration: mfa.WebAuthnConfiguration,
  }
  return { records: [record], token: undefined }
}
