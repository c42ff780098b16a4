import type { Surroundings } from '../surroundings.ts'
import { counted } from './text.ts'

/** Whether what does the work is there: schedulers and workers, Redis and Postgres. */
export function FleetState({ around }: { readonly around: Surroundings }) {
  const { fleet } = around
  const servers = serversIn(around)
  return (
    <div class="state">
      {fleet && (
        <p class={fleet.schedulers && fleet.workers ? undefined : 'trouble'}>
          {counted(fleet.schedulers, 'scheduler')} · {counted(fleet.workers, 'worker')}
        </p>
      )}
      <p class={servers.well ? undefined : 'trouble'}>{servers.words}</p>
    </div>
  )
}

function serversIn({ redisWell, postgresWell }: Surroundings): { readonly well: boolean; readonly words: string } {
  if (redisWell && postgresWell) return { well: true, words: 'Redis and Postgres well' }
  if (redisWell) return { well: false, words: '! Postgres is not answering' }
  if (postgresWell) return { well: false, words: '! Redis is not answering' }
  return { well: false, words: '! Neither Redis nor Postgres answers' }
}
