import { type Command, Option } from 'commander'
import { collect } from '../collect.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { fromNow } from '../instant.ts'
import { wholeNumber } from '../wholeNumber.ts'

interface CreateOptions {
  readonly role: 'viewer' | 'operator' | 'admin'
  readonly personal?: boolean
  readonly dataflow?: readonly string[]
  readonly expires?: string
  readonly json?: boolean
}

interface JsonOption {
  readonly json?: boolean
}

/** `token create|list|revoke`. */
export function register(program: Command, context: CommandContext): void {
  const token = program.command('token').description('Make, list and revoke tokens for programs and for signing in')

  examples(
    token
      .command('create <name>')
      .description('Make a token; its secret is shown once')
      .addOption(
        new Option('--role <role>', 'what it may do').choices(['viewer', 'operator', 'admin']).default('viewer'),
      )
      .option('--personal', 'shows personal values as they are; an admin’s token does so anyway')
      .option('--dataflow <name>', 'limits it to this dataflow; may be given several times', collect)
      .option('--expires <when>', 'its end: in 90d or 12h, or on 2026-11-24 (default: never)', fromNow)
      .option('--json', 'print JSON on stdout')
      .action((name: string, options: CreateOptions) => create(context, name, options)),
    'poolkeeper token create nightly-report --role operator --dataflow CustomerPool --expires 90d',
  )

  examples(
    token
      .command('list')
      .description('List the tokens, with what each may do and when it was last used')
      .option('--json', 'print JSON on stdout')
      .action((options: JsonOption) => list(context, options)),
    'poolkeeper token list',
  )

  examples(
    token
      .command('revoke')
      .description('Take a token back, with the sessions that were opened with it')
      .argument('<id>', 'the number of the token', wholeNumber('the number that `poolkeeper token list` shows'))
      .option('--json', 'print JSON on stdout')
      .action((id: number, options: JsonOption) => revoke(context, id, options)),
    'poolkeeper token revoke 3',
  )
}

async function create(
  { config, output }: CommandContext,
  name: string,
  { role, personal = false, dataflow, expires, json }: CreateOptions,
): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const token = await withOperations(config, (perform) =>
    perform('createToken', {
      body: { name, role, personal, dataflows: dataflow ? [...dataflow] : null, expiresAt: expires ?? null },
    }),
  )
  if (json) return output.json(token)
  output.line(`Token ${token.id}, ${token.name}: ${described(token)}. It is shown this once:`)
  output.line(token.secret)
}

async function list({ config, output }: CommandContext, { json }: JsonOption): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const { items } = await withOperations(config, (perform) => perform('listTokens', {}))
  if (json) return output.json(items)
  if (items.length === 0) return output.line('No tokens yet. Make one with `poolkeeper token create NAME`.')
  output.table(
    ['Token', 'Name', 'Begins', 'Role', 'Dataflows', 'Made by', 'Ends', 'Last used'],
    items.map((token) => [
      ...[token.id, token.name, token.hint, roleOf(token), token.dataflows?.join('\n') ?? 'all', token.createdBy],
      ...[token.revokedAt ? 'revoked' : minute(token.expiresAt), minute(token.lastUsedAt)],
    ]),
  )
}

async function revoke({ config, output }: CommandContext, id: number, { json }: JsonOption): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const token = await withOperations(config, (perform) => perform('revokeToken', { token: id }))
  if (json) return output.json(token)
  output.line(`Token ${token.id}, ${token.name}, opens nothing any more.`)
}

interface Granted {
  readonly role: string
  readonly personal: boolean
  readonly dataflows: readonly string[] | null
  readonly expiresAt: string | null
}

function described(token: Granted): string {
  const which = token.dataflows ? token.dataflows.join(', ') : 'all dataflows'
  return `${roleOf(token)}, for ${which}, ${token.expiresAt ? `until ${minute(token.expiresAt)}` : 'until it is revoked'}`
}

const roleOf = ({ role, personal }: Pick<Granted, 'role' | 'personal'>) =>
  personal ? `${role} + personal values` : role

const minute = (at: string | null) => at?.replace('T', ' ').slice(0, 16) ?? 'never'
