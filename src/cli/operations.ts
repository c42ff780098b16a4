import type { Call, Output } from '../api/contract.ts'
import type { OperationName } from '../api/routes.ts'
import type { Config } from '../config.ts'
import { perform } from '../operations/perform.ts'
import { withLocal } from './local.ts'

/** Does an operation, wherever it is done. */
export type Perform = <Name extends OperationName>(name: Name, call: Call<Name>) => Promise<Output<Name>>

/** Runs a command's work on the operations that it needs. */
export function withOperations<T>(config: Config, work: (perform: Perform) => Promise<T>): Promise<T> {
  return withLocal(config, (context) => work((name, call) => perform(context, name, call)))
}
