import type { Call, Output } from '../api/contract.ts'
import type { OperationName } from '../api/routes.ts'
import type { Config } from '../config.ts'

/** Does an operation, wherever it is done. */
export type Perform = <Name extends OperationName>(name: Name, call: Call<Name>) => Promise<Output<Name>>

/**
 * Runs a command's work on the operations that it needs: those of the server that is named, by its API and with what the
 * token allows, or else straight on the database.
 */
export async function withOperations<T>(config: Config, work: (perform: Perform) => Promise<T>): Promise<T> {
  const { url, token } = config
  return url && token ? work(await performAt(url, token)) : performHere(config, work)
}

async function performAt(url: string, token: string): Promise<Perform> {
  const { createClient } = await import('../client/client.ts')
  return createClient({ url, token }).call
}

/** Imported late: whoever works through a server needs neither a database nor AWS. */
async function performHere<T>(config: Config, work: (perform: Perform) => Promise<T>): Promise<T> {
  const [{ perform }, { withLocal }] = await Promise.all([import('../operations/perform.ts'), import('./local.ts')])
  return withLocal(config, (context) => work((name, call) => perform(context, name, call)))
}
