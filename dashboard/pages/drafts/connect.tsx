import type { VNode } from 'preact'
import type { Output } from '../../../src/api/contract.ts'
import { AskError, type CauseCode, PoolkeeperError } from '../../../src/errors.ts'
import { missingAmong } from '../../parts/permissions.tsx'
import { counted } from '../../parts/text.ts'
import type { Done, Visit } from '../../visit.ts'
import { credentialsFrom, poolFrom, typedConnection } from '../dataflowForm/connection.ts'
import { draftOf, seen } from './answer.tsx'
import { ConnectionPage, wantedBy } from './connectionPage.tsx'
import { addressOf, type Draft } from './steps.ts'

type Found = Output<'connectDraft'>

/** The connection as it stands; after a problem as it was typed, but for the secret. */
export async function showConnection(visit: Visit, problem?: AskError): Promise<VNode> {
  const draft = await draftOf(visit)
  const typed = problem ? visit.form : typedConnection(draft.answers)
  return <ConnectionPage draft={draft} typed={typed} problem={problem} around={visit.around} />
}

/** Takes where the pool is and what opens it, and tries that out. */
export async function connect(visit: Visit): Promise<Done> {
  const draft = await keep(visit)
  const found = await tryOut(visit, draft)
  if (!found.pool) throw unreached(found)
  if (missingAmong(found.checks, wantedBy(draft)).length > 0) return { goTo: addressOf(draft, 'connection') }
  const notice = `Connected to ${found.pool.name}: about ${counted(found.pool.estimatedUsers, 'user')}. Everything that you chose may be read.`
  return { goTo: addressOf(draft, 'tables'), notice }
}

/** Each by itself, so that a mistyped pool doesn't cost whoever typed it their secret. All problems are told together. */
async function keep(visit: Visit): Promise<Draft> {
  const { perform, form } = visit
  const draft = visit.params.id ?? ''
  const problems: AskError[] = []
  let ifMatch = seen(visit)
  for (const body of [{ credentials: credentialsFrom(form) }, poolFrom(form)]) {
    try {
      const { version } = await perform('editDraft', { draft, ifMatch, body })
      ifMatch = `"${version}"`
    } catch (error) {
      if (!(error instanceof AskError) || error.code !== 'bad-input') throw error
      problems.push(error)
    }
  }
  const [first] = problems
  if (!first) return perform('showDraft', { draft })
  const message = problems.map(({ message }) => message).join(' ')
  throw new AskError(first.code, message, '', { problems: problems.flatMap(({ problems }) => problems) })
}

/** Whatever else goes wrong on the way to AWS is told on the form as well. */
async function tryOut({ perform }: Visit, { id }: Draft): Promise<Found> {
  try {
    return await perform('connectDraft', { draft: id })
  } catch (error) {
    if (!(error instanceof PoolkeeperError) || error instanceof AskError) throw error
    throw new AskError(error.code, error.message, error.remedy, { cause: error })
  }
}

/** Where somebody has to look for what AWS says. */
const FIELD_OF: Readonly<Partial<Record<CauseCode, string>>> = {
  'pool-not-found': 'poolId',
  'unknown-access-key': 'credentials.accessKeyId',
  'wrong-secret': 'credentials.secretAccessKey',
  'session-expired': 'credentials.sessionToken',
  'role-refused': 'credentials.roleArn',
  'no-credentials': 'kind',
}

/** Why the pool could not even be described: the first check says so. */
function unreached({ checks }: Found): AskError {
  const fault = checks.find(({ ok }) => ok === false)
  const { code = 'internal', description: message = 'Cognito did not say what the pool is.' } = fault ?? {}
  return new AskError(code, message, '', { problems: [{ field: FIELD_OF[code] ?? '', message }] })
}
