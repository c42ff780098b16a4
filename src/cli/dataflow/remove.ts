import { type Dataflow, findDataflow } from '../../dataflow/dataflow.ts'
import { removeDataflow } from '../../dataflow/remove.ts'
import { viewsOf } from '../../dataflow/shapes.ts'
import { AskError } from '../../errors.ts'
import { type CommandContext, withDatabase } from '../context.ts'
import { person } from '../person.ts'
import { ask, canAsk } from '../prompt.ts'

interface RemoveOptions {
  readonly confirm?: string
  readonly json?: boolean
}

/** `dataflow remove`: it can't be undone, so it is asked for by name, twice. */
export async function remove({ config, output }: CommandContext, name: string, options: RemoveOptions): Promise<void> {
  await withDatabase(config, async (db) => {
    const dataflow = await findDataflow(db, name)
    await confirm(dataflow, options)
    await removeDataflow(db, dataflow.name, person())
    if (options.json) output.json({ removed: dataflow.name })
    else output.line(`${dataflow.name} is gone, with its tables, views, snapshots and credentials. Its history stays.`)
  })
}

async function confirm({ name, schema, tables }: Dataflow, options: RemoveOptions): Promise<void> {
  const views = viewsOf(tables)
    .map((view) => `${schema}.${view}`)
    .join(', ')
  const question = `This drops ${views} with every snapshot, and the credentials, for good. Type ${name} to remove it: `
  const typed = options.confirm ?? (canAsk() ? await ask(question) : undefined)
  if (typed === name) return
  throw new AskError(
    'bad-input',
    typed === undefined ? 'Removing a dataflow has to be confirmed.' : `That is not its name, so ${name} stays.`,
    `Repeat the name: \`poolkeeper dataflow remove ${name} --confirm ${name}\`.`,
  )
}
