import type { Output } from '../../../src/api/contract.ts'
import { PageHead } from '../../parts/pageHead.tsx'
import { SecretOnce } from '../../parts/secretOnce.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import { Connection } from './connection.tsx'
import { pathOfSchema } from './view.ts'

interface ReaderMadePageProps {
  readonly schema: string
  readonly reader: Output<'createReader'>
  readonly around: Surroundings
}

/** A role that was made just now, with its password: this once. */
export function ReaderMadePage({ schema, reader: { role, password, connection }, around }: ReaderMadePageProps) {
  return (
    <Layout title={`New role for ${schema}`} current="Databases" around={around}>
      <PageHead
        title={`New role for ${schema}`}
        crumbs={[
          { name: 'Databases', href: '/databases' },
          { name: schema, href: pathOfSchema(schema) },
        ]}
      />
      <SecretOnce
        id="password"
        label={`${role} is made. This is its password.`}
        secret={password}
        address={pathOfSchema(schema)}
      />
      <h2>With it in place</h2>
      <Connection id="made" connection={connection} />
      <p>
        <a class="button" href={pathOfSchema(schema)}>
          Back to {schema}
        </a>
      </p>
    </Layout>
  )
}
