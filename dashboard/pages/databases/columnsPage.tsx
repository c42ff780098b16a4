import { Prose } from '../../parts/prose.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import { TableHead } from './tableHead.tsx'
import type { Table } from './view.ts'

interface ColumnsPageProps {
  readonly table: Table
  readonly around: Surroundings
}

/** What each column of a table holds, and what it tells of a person. No row is read for it. */
export function ColumnsPage({ table, around }: ColumnsPageProps) {
  return (
    <Layout title={`Columns of ${table.schema}.${table.table}`} current="Databases" around={around}>
      <TableHead table={table} showing="columns" around={around} />
      <table class="cards columns">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">What it holds</th>
            <th scope="col">Of a person</th>
            <th scope="col">When imported</th>
            <th scope="col">You see</th>
          </tr>
        </thead>
        <tbody>
          {table.columns.map(({ name, type, comment, personal, treatment, masked }) => (
            <tr key={name}>
              <th scope="row">
                {name}
                {table.key.includes(name) && <small>key</small>}
              </th>
              <td data-label="Type">{type}</td>
              <td data-label="Holds">
                <span>
                  <Prose text={comment} />
                </span>
              </td>
              <td data-label="Of a person">{personal === 'none' ? <span class="quiet">nothing</span> : personal}</td>
              <td data-label="When imported">{WORDS[treatment]}</td>
              <td data-label="You see">{masked ? <span class="badge calm">masked</span> : 'as it is'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Layout>
  )
}

const WORDS = { keep: 'kept', drop: 'dropped', mask: 'masked', hash: 'hashed' } as const
