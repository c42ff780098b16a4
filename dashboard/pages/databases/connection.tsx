import type { Output } from '../../../src/api/contract.ts'
import { Copyable } from '../../parts/copyable.tsx'

interface ConnectionProps {
  /** Begins the ids of what can be copied. */
  readonly id: string
  readonly connection: Output<'createReader'>['connection']
}

const WAYS = [
  { way: 'psql', name: 'psql' },
  { way: 'url', name: 'URL' },
  { way: 'jdbc', name: 'JDBC' },
  { way: 'odbc', name: 'ODBC' },
] as const

/** How a role connects, for each thing that one reads with. */
export function Connection({ id, connection }: ConnectionProps) {
  return (
    <dl class="connection">
      {WAYS.map(({ way, name }) => (
        <div key={way}>
          <dt>{name}</dt>
          <dd>
            <Copyable id={`${id}-${way}`} text={connection[way]} label={name} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
