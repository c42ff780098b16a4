import type { AskError } from '../../../src/errors.ts'
import { ChangeForm } from '../../parts/changeForm.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import { Problems } from '../../parts/problems.tsx'
import type { Surroundings } from '../../surroundings.ts'
import type { Typed } from '../../typed.ts'
import { ConnectionFields } from '../dataflowForm/connectionFields.tsx'
import { DetailsFields } from '../dataflowForm/details.tsx'
import { LimitFields } from '../dataflowForm/limits.tsx'
import type { Offer } from '../dataflowForm/offer.ts'
import { ScheduleFields } from '../dataflowForm/scheduleFields.tsx'
import { TableFields } from '../dataflowForm/tableFields.tsx'
import { GuideBeside } from '../guide/beside.tsx'
import { Layout } from '../layout.tsx'
import { type Meanwhile, MeanwhileNote } from './meanwhile.tsx'
import { type Dataflow, typedFrom } from './settings.ts'

interface EditPageProps {
  readonly dataflow: Dataflow
  readonly typed: Typed
  readonly offers: readonly Offer[]
  /** Of the role that it assumes, if it does. */
  readonly trust: Readonly<Record<string, unknown>> | null
  readonly problem: AskError | undefined
  readonly meanwhile: Meanwhile | undefined
  readonly around: Surroundings
}

/** Everything of a dataflow that can be changed, on one page. */
export function EditPage({ dataflow, typed, offers, trust, problem, meanwhile, around }: EditPageProps) {
  const { name, schema, credentials, version } = dataflow
  const address = `/dataflows/${name}`
  const title = `Edit ${name}`
  const role = credentials.kind === 'role' && trust ? { externalId: credentials.externalId, trust } : undefined
  return (
    <Layout title={problem || meanwhile ? `Error: ${title}` : title} current="Dataflows" around={around}>
      <PageHead
        title={title}
        crumbs={[
          { name: 'Dataflows', href: '/' },
          { name, href: address },
        ]}
      />
      {meanwhile ? <MeanwhileNote {...meanwhile} /> : <Problems problem={problem} />}
      <ChangeForm action={`${address}/edit`} csrf={around.csrf}>
        <input type="hidden" name="version" value={String(version)} />
        <input type="hidden" name="base" value={JSON.stringify(typedFrom(dataflow))} />
        <section>
          <h2>Details</h2>
          <DetailsFields typed={typed} problem={problem} name={name} />
        </section>
        <section>
          <h2>Connection</h2>
          <div class="beside">
            <ConnectionFields
              typed={typed}
              problem={problem}
              hasSecret={credentials.kind === 'access-key'}
              role={role}
            />
            <aside>
              <TryOut address={address} />
              <GuideBeside />
            </aside>
          </div>
        </section>
        <section>
          <h2>Table Details</h2>
          <TableFields typed={typed} problem={problem} offers={offers} schema={schema} />
        </section>
        <section>
          <h2>Schedule</h2>
          <ScheduleFields typed={typed} problem={problem} around={around} />
        </section>
        <section>
          <h2>Snapshots, guard and limits</h2>
          <LimitFields typed={typed} problem={problem} />
        </section>
        <div class="actions">
          <button type="submit" class="main">
            Save
          </button>
          <a class="button" href={address}>
            Cancel
          </a>
        </div>
      </ChangeForm>
    </Layout>
  )
}

/** Whether Cognito lets it in as it was saved last. What is typed is tried out once it is saved. */
function TryOut({ address }: { readonly address: string }) {
  return (
    <>
      <button type="button" hx-get={`${address}/edit/permissions`} hx-target="#permissions" hx-swap="innerHTML">
        Try out what is saved
      </button>
      <div id="permissions" aria-live="polite" />
    </>
  )
}
