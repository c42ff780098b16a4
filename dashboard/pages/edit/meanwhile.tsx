import type { Settings } from './settings.ts'

/** A change that somebody else made while this form was open. */
export interface Meanwhile {
  /** Who, where that is known. */
  readonly by: string | undefined
  readonly theirs: Partial<Settings>
  readonly mine: Partial<Settings>
}

/** What differs, and what the form below makes of it. */
export function MeanwhileNote({ by = 'Somebody', theirs, mine }: Meanwhile) {
  return (
    <section class="explained held" role="alert" tabIndex={-1} autofocus>
      <h2>{by} changed this dataflow while you were typing</h2>
      <p>
        Nothing of yours is saved yet. The form below is the dataflow as it is now, with your changes on top.{' '}
        {Object.keys(theirs).length > 0
          ? 'Look at what differs, then save again.'
          : 'Nothing on it differs: save again.'}
      </p>
      {Object.keys(theirs).length > 0 && <Differences theirs={theirs} mine={mine} />}
    </section>
  )
}

function Differences({ theirs, mine }: Omit<Meanwhile, 'by'>) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Setting</th>
          <th scope="col">It is now</th>
          <th scope="col">You typed</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(theirs).map(([setting, value]) => (
          <tr key={setting}>
            <th scope="row">{NAMES[setting as keyof Settings] ?? setting}</th>
            <td data-label="It is now">{inWords(value)}</td>
            <td data-label="You typed">
              {setting in mine ? inWords(mine[setting as keyof Settings]) : <span class="quiet">nothing else</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const NAMES: Readonly<Partial<Record<keyof Settings, string>>> = {
  displayName: 'Display Name',
  description: 'Description',
  tags: 'Tags',
  poolId: 'User Pool ID',
  region: 'Region',
  credentials: 'Credentials',
  tables: 'Tables',
  schedule: 'Schedule',
  timezone: 'Time zone',
  keepSnapshots: 'Snapshots to keep',
  maxRemovedPercent: 'Percent that may be removed',
  maxRemovedRows: 'Rows that may be removed',
  timeoutMinutes: 'Minutes that a run may take',
  noProgressMinutes: 'Minutes without progress',
  freshnessMinutes: 'Minutes after which it is late',
}

/** A setting's value for people; a secret that was typed is none of them. */
function inWords(value: Settings[keyof Settings]): string {
  if (value === null || value === undefined || value === '') return 'none'
  if (Array.isArray(value)) {
    return value.map((one) => (typeof one === 'string' ? one : `${one.source} (${one.purpose})`)).join(', ') || 'none'
  }
  if (typeof value !== 'object') return String(value)
  if (!('kind' in value)) return JSON.stringify(value)
  if (value.kind === 'access-key') return `access key ${value.accessKeyId}`
  return value.kind === 'role' ? `role ${value.roleArn ?? ''}` : "the environment's own"
}
