import type { AskError } from '../../../src/errors.ts'
import { Empty } from '../../parts/empty.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import { Problems } from '../../parts/problems.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import type { Dataflow, Run, Snapshot } from './dataflowPage.tsx'
import { type Compared, Effect } from './effect.tsx'
import { HeldRun } from './heldRun.tsx'
import { Snapshots } from './snapshots.tsx'

interface RollbackPageProps {
  readonly dataflow: Dataflow
  readonly snapshots: readonly Snapshot[]
  readonly held: Run | undefined
  /** The one to roll back to; undefined where there is none. */
  readonly chosen: Snapshot | undefined
  /** What it differs in from what readers see; undefined while nobody has asked for that. */
  readonly compared: Compared | undefined
  /** Why it was not rolled back. */
  readonly problem: AskError | undefined
  readonly around: Surroundings
}

/** Which snapshot to publish again, and what that comes to. A page and no question in between: it has an address. */
export function RollbackPage(props: RollbackPageProps) {
  const { dataflow, snapshots, held, chosen, compared, problem, around } = props
  const { name } = dataflow
  const title = `Roll back ${name}`
  const published = snapshots.find((snapshot) => snapshot.published)
  return (
    <Layout title={problem ? `Error: ${title}` : title} current="Dataflows" around={around}>
      <PageHead
        title={title}
        crumbs={[
          { name: 'Dataflows', href: '/' },
          { name, href: `/dataflows/${name}` },
        ]}
      />
      <Problems problem={problem} />
      {held && <HeldRun run={held} around={around} />}
      <h2>Snapshots kept</h2>
      <Snapshots dataflow={name} snapshots={snapshots} chosen={{ run: chosen?.run }} around={around} />
      {chosen && published ? (
        <Effect dataflow={dataflow} from={published.run} to={chosen.run} compared={compared} around={around} />
      ) : (
        <Empty>There is no other snapshot to roll back to. Each import that is published leaves one.</Empty>
      )}
    </Layout>
  )
}
