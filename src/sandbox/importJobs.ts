import type { UserImportJobType } from '@aws-sdk/client-cognito-identity-provider'
import { SECRET_CANARY } from './canary.ts'
import { hash, Random } from './random.ts'

/** A user import job as ListUserImportJobs gives it. */
export type SandboxImportJob = ReturnType<typeof makeJob>

const TOO_MANY = 'Too many users have failed or been skipped during the import.'

/** How far a job got: which dates and figures it has by then. The message of a failure is the AWS CLI's own example. */
const STAGES = [
  { Status: 'Succeeded', started: true, ended: true, CompletionMessage: 'Import Job Completed Successfully.' },
  { Status: 'Failed', started: true, ended: true, CompletionMessage: TOO_MANY },
  { Status: 'Created', started: false, ended: false },
  { Status: 'InProgress', started: true, ended: false },
  { Status: 'Expired', started: false, ended: false },
] as const

type Stage = (typeof STAGES)[number]

const LATEST = Date.UTC(2023, 10, 5, 3, 0, 0, 69)
const DAY_MS = 86_400_000

/** The import jobs of a pool, newest first. */
export function makeImportJobs(count: number, seed: number, pool: { id: string; accountId: string }) {
  return Array.from({ length: count }, (_, at) => {
    const stage = STAGES[at % STAGES.length] ?? STAGES[0]
    return makeJob(at, stage, new Random(hash(seed, `import job ${at}`)), pool)
  })
}

function makeJob(at: number, stage: Stage, random: Random, { id, accountId }: { id: string; accountId: string }) {
  const JobId = `import-${random.text(10, ID_ALPHABET)}`
  const created = LATEST - at * DAY_MS
  return {
    JobName: `Übernahme "CRM" #${at + 1}`,
    JobId,
    UserPoolId: id,
    PreSignedUrl: preSignedUrl(JobId, random),
    CreationDate: new Date(created),
    ...(stage.started && { StartDate: new Date(created + 60_000) }),
    ...(stage.ended && { CompletionDate: new Date(created + 90_500), CompletionMessage: stage.CompletionMessage }),
    Status: stage.Status,
    CloudWatchLogsRoleArn: `arn:aws:iam::${accountId}:role/CognitoCloudWatchLogsRole`,
    ImportedUsers: stage.Status === 'Succeeded' ? 1 + random.below(500) : 0,
    SkippedUsers: stage.ended ? random.below(5) : 0,
    ...(at % 2 === 0 && { PasswordHashingAlgorithm: 'BCRYPT' }),
    FailedUsers: stage.Status === 'Failed' ? 1 + random.below(20) : 0,
  } satisfies UserImportJobType
}

/** Whoever has it may upload users: a secret, though nothing marks it as one. */
function preSignedUrl(jobId: string, random: Random): string {
  const signature = `${SECRET_CANARY}-upload-${random.text(40, '0123456789abcdef')}`
  return `https://aws-cognito-idp-user-import.s3.amazonaws.com/${jobId}?X-Amz-Expires=900&X-Amz-Signature=${signature}`
}

const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
