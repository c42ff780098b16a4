import type { ShardProgress } from '../../src/run/progress.ts'
import { grouped } from './text.ts'

/** The users' streams side by side. Nobody knows the size of a shard: it has rows so far, or it is done. */
export function Shards({ shards }: { readonly shards: readonly ShardProgress[] }) {
  return (
    <>
      <h2>Streams of users, by the first digits of sub</h2>
      <ul class="shards">
        {shards.map(({ prefix, rows, done }) => (
          <li key={prefix} class={done ? 'good' : 'live'}>
            <strong>{prefix}</strong> {grouped(rows)} {done && '✓'}
          </li>
        ))}
      </ul>
    </>
  )
}
