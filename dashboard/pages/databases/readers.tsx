import { mayAct } from '../../../src/access/caller.ts'
import type { AskError } from '../../../src/errors.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { change, type Done, type Shown, type Visit } from '../../visit.ts'
import { ReaderMadePage } from './readerMadePage.tsx'
import { SchemaPage } from './schemaPage.tsx'
import { pathOfSchema } from './view.ts'

/** A schema's page, and the roles that are made and taken away on it. */
export function readerRoutes(services: Services): readonly Route[] {
  const path = '/databases/:schema/readers'
  return [
    { method: 'post', path, handlers: change(services, makeReader, showSchema) },
    { method: 'post', path: `${path}/:reader/remove`, handlers: change(services, removeReader, showSchema) },
  ]
}

/** @param problem why the role could not be made, or taken away */
export async function showSchema({ params, around, perform }: Visit, problem?: AskError) {
  const named = { schema: params.schema ?? '' }
  const database = await perform('showDatabase', named)
  const readers = mayAct(around.role, 'admin') ? (await perform('listReaders', named)).items : null
  return <SchemaPage database={database} readers={readers} problem={problem} around={around} />
}

async function makeReader({ params, around, perform }: Visit): Promise<Shown> {
  const { schema = '' } = params
  const reader = await perform('createReader', { schema })
  return { show: <ReaderMadePage schema={schema} reader={reader} around={around} /> }
}

async function removeReader({ params, perform }: Visit): Promise<Done> {
  const { schema = '', reader = '' } = params
  const { role } = await perform('removeReader', { schema, reader })
  return { goTo: pathOfSchema(schema), notice: `${role} is gone, with its connections.` }
}
