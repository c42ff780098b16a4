import { PageHead } from '../../parts/pageHead.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'

/** Bull Board in our frame: the same address shows it alone to what asks from within a page. `scripts/within.js` looks after it. */
export function QueuesPage({ around }: { readonly around: Surroundings }) {
  return (
    <Layout title="Queues" current="Queues" around={around}>
      <PageHead title="Queues">
        <span class="quiet">To look at. A run is retried or cancelled on its own page.</span>
      </PageHead>
      <iframe class="within" title="Bull Board" src={around.address} data-within="/queues" />
    </Layout>
  )
}
