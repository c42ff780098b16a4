import type { Output } from '../../api/contract.ts'
import { viewsOf } from '../../dataflow/shapes.ts'
import { AskError } from '../../errors.ts'
import type { CommandContext } from '../context.ts'
import { withOperations } from '../operations.ts'
import { ask, canAsk } from '../prompt.ts'
import { ifVersion, type VersionOption } from './version.ts'

interface RemoveOptions extends VersionOption {
  readonly confirm?: string
  readonly json?: boolean
}

/** `dataflow remove`: it can't be undone, so it is asked for by name, twice. */
export async function remove({ config, output }: CommandContext, name: string, options: RemoveOptions): Promise<void> {
  const { removed } = await withOperations(config, async (perform) => {
    const dataflow = await perform('showDataflow', { name })
    await confirm(dataflow, options)
    return perform('removeDataflow', { name: dataflow.name, ...ifVersion(options) })
  })
  if (options.json) output.json({ removed })
  else output.line(`${removed} is gone, with its tables, views, snapshots and credentials. Its history stays.`)
}

async function confirm({ name, schema, tables }: Output<'showDataflow'>, options: RemoveOptions): Promise<void> {
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
