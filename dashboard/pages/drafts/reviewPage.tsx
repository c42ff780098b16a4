import type { ComponentChildren } from 'preact'
import { REGION_NAMES } from '../../../src/cognito/regions.ts'
import { TREATED, type Treatment } from '../../../src/db/table.ts'
import { counted, duration, grouped } from '../../parts/text.ts'
import { NextTimes } from '../dataflowForm/nextTimes.tsx'
import { wantedBy } from './connectionPage.tsx'
import { costOfRun } from './costOfRun.ts'
import type { StepProps } from './stepProps.ts'
import { addressOf, type Draft, isDone, type StepName } from './steps.ts'
import { StepForm, Wizard } from './wizard.tsx'

/** All answers once more, each with the way back to it. */
export function ReviewPage({ draft, problem, around }: Omit<StepProps, 'typed'>) {
  const { answers, found } = draft
  const { name = '', displayName, description, poolId, region = '', schedule = null, timezone = around.zone } = answers
  const row = (step: StepName, ids: readonly string[]) => ({ draft, step, ids })
  return (
    <Wizard step="review" draft={draft} problem={problem} around={around}>
      <dl class="review">
        <Answer {...row('name', ['name'])} title="Name">
          {name} <small>Its tables are in the schema {name.toLowerCase()}</small>
        </Answer>
        <Answer {...row('connector', ['connector'])} title="Connector">
          {answers.connector === 'aws-cognito' ? 'AWS Cognito' : undefined}
        </Answer>
        <Answer {...row('details', ['displayName', 'description'])} title="Display Name">
          {displayName ?? name}
          {description && <small>{description}</small>}
          {answers.tags && answers.tags.length > 0 && <small>{answers.tags.join(', ')}</small>}
        </Answer>
        <Answer {...row('connection', ['poolId', 'region', 'credentials'])} title="User pool">
          {poolId && (
            <>
              {found?.pool ? `${found.pool.name} · ${poolId}` : poolId}
              <small>{REGION_NAMES[region] ?? region}</small>
            </>
          )}
          <small>{credentialsOf(draft)}</small>
        </Answer>
        <Answer {...row('tables', ['tables', 'acceptCosts'])} title="Tables">
          <Tables draft={draft} />
        </Answer>
        <Answer {...row('schedule', ['schedule', 'timezone'])} title="Schedule">
          <div class="next">
            <NextTimes schedule={schedule} timezone={timezone} around={around} />
          </div>
        </Answer>
      </dl>
      <StepForm
        step="review"
        draft={draft}
        around={around}
        verb="Save"
        more={
          <button type="submit" name="next" value="run">
            Save and run
          </button>
        }
      >
        {!isDone(draft, 'connection') && (
          <p class="explained held">
            Nobody has tried these credentials out. <a href={addressOf(draft, 'connection')}>Connect</a>
          </p>
        )}
      </StepForm>
    </Wizard>
  )
}

interface AnswerProps {
  readonly draft: Draft
  readonly step: StepName
  /** The fields of problems that lead here. */
  readonly ids: readonly string[]
  readonly title: string
  readonly children: ComponentChildren
}

function Answer({ draft, step, ids, title, children }: AnswerProps) {
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {ids.map((id) => (
          <span key={id} id={id} />
        ))}
        {children || <span class="quiet">Not said yet</span>}
      </dd>
      <dd class="change">
        <a href={addressOf(draft, step)}>
          Change<span class="heard"> {title}</span>
        </a>
      </dd>
    </>
  )
}

function credentialsOf({ answers: { credentials }, hasSecret }: Draft): string {
  if (!credentials) return ''
  if (credentials.kind === 'role') return `Role ${credentials.roleArn ?? ''}`
  if (credentials.kind === 'ambient') return 'Credentials from the environment of the workers'
  return `Access key ${credentials.accessKeyId ?? ''}, ${hasSecret ? 'with its secret' : 'whose secret is missing'}`
}

function Tables({ draft }: { readonly draft: Draft }) {
  const { tables, found } = draft
  const cost = found && costOfRun(found.tables, wantedBy(draft))
  return (
    <>
      <ul>
        {tables.map(({ source, purpose, treatments = {} }) => (
          <li key={source}>
            {source} <span class="quiet">{purpose}</span>
            {Object.keys(treatments).length > 0 && <small>{treatedIn(treatments)}</small>}
          </li>
        ))}
      </ul>
      {cost && cost.requests > 0 && (
        <small>
          A run takes about {counted(cost.requests, 'request')} and {duration(cost.seconds)} at least
          {cost.rows > 0 && `, for about ${grouped(cost.rows)} rows`}.
        </small>
      )}
    </>
  )
}

/** `email masked, phone_number dropped` */
function treatedIn(treatments: Readonly<Record<string, Treatment>>): string {
  return Object.entries(treatments)
    .map(([column, treatment]) => `${column} ${TREATED[treatment]}`)
    .join(', ')
}
