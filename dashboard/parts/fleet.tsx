import type { Fleet } from '../../src/queue/fleet.ts'
import type { Surroundings } from '../surroundings.ts'
import { counted } from './text.ts'

/** Whether what does the work is there: schedulers and workers, Redis and Postgres. */
export function FleetState({ around }: { readonly around: Surroundings }) {
  const { fleet } = around
  const servers = serversIn(around)
  return (
    <div class="state">
      {fleet && <Counted fleet={fleet} />}
      <p class={servers.well ? undefined : 'trouble'}>{servers.words}</p>
    </div>
  )
}

/** Without either of them nothing goes on. */
function Counted({ fleet: { schedulers, workers } }: { readonly fleet: Fleet }) {
  const all = schedulers > 0 && workers > 0
  return (
    <p class={all ? undefined : 'trouble'}>
      {all || '! '}
      {counted(schedulers, 'scheduler')} · {counted(workers, 'worker')}
    </p>
  )
}

function serversIn({ redisWell, postgresWell }: Surroundings): { readonly well: boolean; readonly words: string } {
  if (redisWell && postgresWell) return { well: true, words: 'Redis and Postgres well' }
  if (redisWell) return { well: false, words: '! Postgres is not answering' }
  if (postgresWell) return { well: false, words: '! Redis is not answering' }
  return { well: false, words: '! Neither Redis nor Postgres answers' }
}
