import type { Output } from '../../../src/api/contract.ts'
import { Action } from '../../parts/action.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { counted } from '../../parts/text.ts'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Connection } from './connection.tsx'
import { pathOfSchema } from './view.ts'

export type Reader = Output<'listReaders'>['items'][number]

interface ReadersProps {
  readonly schema: string
  readonly readers: readonly Reader[]
  readonly around: Surroundings
}

/** The roles that read a schema, and a button that makes another one. */
export function Readers({ schema, readers, around }: ReadersProps) {
  return (
    <>
      <p>
        A role may log in to Postgres and read the views of <code>{schema}</code>, those that are still to come as well,
        and nothing else. It sees people’s values as they were imported.
      </p>
      {readers.length > 0 && (
        <ul class="readers">
          {readers.map((reader) => (
            <Entry key={reader.id} schema={schema} reader={reader} around={around} />
          ))}
        </ul>
      )}
      <Action name="Make a read-only role" to={`${pathOfSchema(schema)}/readers`} around={around} kind="main" />
    </>
  )
}

interface EntryProps {
  readonly schema: string
  readonly reader: Reader
  readonly around: Surroundings
}

function Entry({ schema, reader, around }: EntryProps) {
  const { id, role, createdBy, createdAt, sessions, connection } = reader
  return (
    <li>
      <div class="head">
        <p>
          <strong>{role}</strong>
          <small>
            made by {createdBy} <When at={createdAt} around={around} /> · {counted(sessions, 'connection')} at this
            moment
          </small>
        </p>
        <Confirm
          id={`remove-${id}`}
          name="Remove"
          title={`Remove ${role}?`}
          otherwise="Keep it"
          to={`${pathOfSchema(schema)}/readers/${id}/remove`}
          around={around}
          kind="danger"
        >
          Whoever reads with it is turned away from then on.{' '}
          {sessions > 0 && `${counted(sessions, 'connection')} of it ${sessions === 1 ? 'ends' : 'end'} at once.`}
        </Confirm>
      </div>
      <details>
        <summary>Connection strings</summary>
        <Connection id={`reader-${id}`} connection={connection} />
        <p class="quiet">Its password was shown when it was made. If it is lost, make another role.</p>
      </details>
    </li>
  )
}
