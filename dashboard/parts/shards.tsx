import type { Output } from '../../src/api/contract.ts'
import { grouped } from './text.ts'

interface ShardsProps {
  readonly shards: Output<'showProgress'>['shards']
}

/** The users' streams side by side, each as far as its subs tell. */
export function Shards({ shards }: ShardsProps) {
  return (
    <section aria-labelledby="streams">
      <h2 id="streams">Streams of users, by the first digits of sub</h2>
      <ul class="shards">
        {shards.map(({ prefix, rows, done, share }) => (
          <li key={prefix} title={`${grouped(rows)} users so far`}>
            <strong>{prefix}</strong> · {Math.round(share * 100)} %
            <progress
              class={done ? 'good' : undefined}
              aria-label={`Users whose sub begins with ${prefix}`}
              value={share}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}
