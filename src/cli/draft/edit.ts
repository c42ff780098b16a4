import { draftInput, parseInput } from '../../dataflow/input.ts'
import { AskError } from '../../errors.ts'
import type { CommandContext } from '../context.ts'
import { type DataflowOptions, settingsFrom } from '../dataflow/options.ts'
import { ifVersion, type VersionOption } from '../dataflow/version.ts'
import { withOperations } from '../operations.ts'
import { printDraft } from './report.ts'

interface EditOptions extends DataflowOptions, VersionOption {
  readonly name?: string
}

/** `draft create`. */
export async function create(
  { config, output }: CommandContext,
  name: string | undefined,
  options: DataflowOptions,
): Promise<void> {
  const body = parseInput(draftInput, { ...(name !== undefined && { name }), ...(await settingsFrom(options, config)) })
  const draft = await withOperations(config, (perform) => perform('createDraft', { body }))
  if (options.json) output.json(draft)
  else printDraft(output, draft)
}

/** `draft edit`. */
export async function edit({ config, output }: CommandContext, id: number, options: EditOptions): Promise<void> {
  const { name } = options
  const body = parseInput(draftInput, { ...(name !== undefined && { name }), ...(await settingsFrom(options, config)) })
  if (Object.keys(body).length === 0) {
    throw new AskError('bad-input', 'There is nothing to change.', 'See `poolkeeper draft edit --help`.')
  }
  const draft = await withOperations(config, (perform) =>
    perform('editDraft', { draft: id, ...ifVersion(options), body }),
  )
  if (options.json) output.json(draft)
  else printDraft(output, draft)
}
