import { type Typed, textIn } from '../../typed.ts'
import type { OfferedColumn } from './offer.ts'
import { treatmentField } from './offer.ts'

interface ColumnFieldsProps {
  readonly source: string
  readonly columns: readonly OfferedColumn[]
  readonly typed: Typed
}

const NAMES = { keep: 'Keep', drop: 'Drop', mask: 'Mask', hash: 'Hash' } as const

/** What is done to the values of each column before they are stored. */
export function ColumnFields({ source, columns, typed }: ColumnFieldsProps) {
  return (
    <table class="cards columns">
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">Type</th>
          <th scope="col">From</th>
          <th scope="col">Tells of a person</th>
          <th scope="col">Before it is stored</th>
        </tr>
      </thead>
      <tbody>
        {columns.map((column) => (
          <tr key={column.name}>
            <th scope="row">{column.name}</th>
            <td data-label="Type">{column.type}</td>
            <td data-label="From">{column.field}</td>
            <td data-label="Personal">{column.personal}</td>
            <td data-label="Treatment">
              <Treatment field={treatmentField(source, column.name)} {...{ source, column, typed }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface TreatmentProps {
  readonly field: string
  readonly source: string
  readonly column: OfferedColumn
  readonly typed: Typed
}

function Treatment({ field, source, column, typed }: TreatmentProps) {
  if (column.treatments.length < 2) return <span class="quiet">Keep</span>
  return (
    <select name={field} aria-label={`What is done to ${source}.${column.name}`}>
      {column.treatments.map((treatment) => (
        <option key={treatment} value={treatment} selected={treatment === textIn(typed, field)}>
          {NAMES[treatment]}
        </option>
      ))}
    </select>
  )
}
