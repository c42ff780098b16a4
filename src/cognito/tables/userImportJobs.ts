import { ListUserImportJobsCommand, type UserImportJobType } from '@aws-sdk/client-cognito-identity-provider'
import { column, RAW_VALUES, SAME_POOL } from '../columns.ts'
import { fieldMapper } from '../fieldMapper.ts'
import { PAGE_SIZE, pagesOf } from '../pageSize.ts'
import type { Listed, PageRequest, SourceTable } from '../sourceTable.ts'

export const userImportJobs: SourceTable = {
  source: 'user_import_jobs',
  byDefault: false,
  operations: ['ListUserImportJobs'],
  rows: 'listed',
  sampleStream: () => ({ source: 'user_import_jobs' }),
  requests: ({ rows }) => ({ ListUserImportJobs: pagesOf(rows) }),
  streams: () => [{ source: 'user_import_jobs' }],
  listPage,
  shape: () => ({
    table: 'user_import_jobs',
    comment: 'The jobs that import users into the pool from a file',
    columns: [
      column('job_id', 'text', 'JobId', 'none'),
      column('name', 'text', 'JobName', 'none'),
      column('status', 'text', 'Status', 'none', 'Created, Pending, InProgress, Succeeded, Failed, …'),
      column('created_at', 'timestamptz', 'CreationDate', 'none'),
      column('started_at', 'timestamptz', 'StartDate', 'none'),
      column('completed_at', 'timestamptz', 'CompletionDate', 'none'),
      column('completion_message', 'text', 'CompletionMessage', 'none'),
      column('imported_users', 'integer', 'ImportedUsers', 'none'),
      column('skipped_users', 'integer', 'SkippedUsers', 'none'),
      column('failed_users', 'integer', 'FailedUsers', 'none'),
      column('cloud_watch_logs_role_arn', 'text', 'CloudWatchLogsRoleArn', 'none'),
      column('password_hashing_algorithm', 'text', 'PasswordHashingAlgorithm', 'none'),
      RAW_VALUES,
    ],
    key: ['job_id'],
  }),
  leftOut: { ...SAME_POOL, PreSignedUrl: 'a secret: whoever has it may upload users' },
  rowMapper: fieldMapper('import job'),
}

async function listPage({ pool, token, signal }: PageRequest): Promise<Listed> {
  const request = { UserPoolId: pool.poolId, MaxResults: PAGE_SIZE, PaginationToken: token }
  const { UserImportJobs = [], PaginationToken } = await pool.send(new ListUserImportJobsCommand(request), signal)
  return { records: UserImportJobs.map(withoutUrl), token: PaginationToken }
}

function withoutUrl({ PreSignedUrl: _secret, ...job }: UserImportJobType): Omit<UserImportJobType, 'PreSignedUrl'> {
  return job
}
