import { Choice } from '../../parts/choice.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import { counted, size } from '../../parts/text.ts'
import type { Surroundings } from '../../surroundings.ts'
import { Published } from './schemaPage.tsx'
import { pathOf, pathOfSchema, type Table } from './view.ts'

interface TableHeadProps {
  readonly table: Table
  readonly showing: 'rows' | 'columns'
  readonly around: Surroundings
}

/** The top of a table's pages: what it is, how much it holds, and the two ways to look at it. */
export function TableHead({ table, showing, around }: TableHeadProps) {
  const { schema, comment, rows, bytes } = table
  return (
    <>
      <PageHead
        title={table.table}
        crumbs={[
          { name: 'Databases', href: '/databases' },
          { name: schema, href: pathOfSchema(schema) },
        ]}
      >
        <Choice
          label="Look at"
          options={[
            { name: 'Rows', href: pathOf(table), chosen: showing === 'rows' },
            { name: 'Columns', href: `${pathOf(table)}?view=columns`, chosen: showing === 'columns' },
          ]}
        />
      </PageHead>
      <p>
        {comment}
        {rows !== null && ` · ${counted(rows, 'row')}`}
        {bytes !== null && ` · ${size(bytes)}`}
      </p>
      <Published database={table} around={around} />
    </>
  )
}
