import type { Output } from '../../src/api/contract.ts'
import type { Surroundings } from '../surroundings.ts'
import { Prose } from './prose.tsx'
import { timeOfDay } from './text.ts'

interface RunLogProps {
  readonly lines: Output<'listRunLog'>['items']
  readonly around: Pick<Surroundings, 'zone'>
}

/** What happened in a run, line by line. */
export function RunLog({ lines, around }: RunLogProps) {
  return (
    <section aria-labelledby="log">
      <h2 id="log">Log</h2>
      {lines.length === 0 ? (
        <p class="empty">Nothing is written down of it. What happens in a run is kept for 90 days.</p>
      ) : (
        <ol class="log">
          {lines.map(({ at, level, message }) => (
            <li key={at + message} class={level === 'warning' ? 'warning' : undefined}>
              <time dateTime={at} title={at}>
                {timeOfDay(new Date(at), around.zone)}
              </time>{' '}
              <span>
                {level === 'warning' && <strong>! </strong>}
                <Prose text={message} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
