import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { person } from '../person.ts'

interface SignInOptions {
  readonly url?: string
  readonly json?: boolean
}

/** `poolkeeper sign-in`: a fresh one-time link into the dashboard, for whoever may run commands on this machine. */
export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('sign-in')
      .description('print a fresh one-time link into the dashboard')
      .option('--url <base>', 'where people reach the dashboard (default: this machine, HOST and PORT)')
      .option('--json', 'print JSON')
      .action((options: SignInOptions) => printLink(options, context)),
    'poolkeeper sign-in',
    'poolkeeper sign-in --url https://poolkeeper.example.com',
  )
}

async function printLink({ url, json }: SignInOptions, { config, output }: CommandContext): Promise<void> {
  const [{ createSignInLink, LINK_MINUTES }, { dashboardAddress, checkedAddress }, { withDatabase }] =
    await Promise.all([
      import('../../access/signInLink.ts'),
      import('../../access/address.ts'),
      import('../context.ts'),
    ])
  const base = url === undefined ? dashboardAddress(config.host, config.port) : checkedAddress(url)
  const link = await withDatabase(config, (db) => createSignInLink(db, person(), base))
  if (json) output.json({ link, validMinutes: LINK_MINUTES })
  else output.line(`${link}\nOpens the dashboard once, within ${LINK_MINUTES} minutes.`)
}
