import type { Call, Output } from '../api/contract.ts'
import type { OperationName } from '../api/routes.ts'
import type { Item, ListName } from './list.ts'

/** How operations are called by their names. */
export interface Calls {
  call<Name extends OperationName>(name: Name, input: Call<Name>): Promise<Output<Name>>
  each<Name extends ListName>(name: Name, input: Call<Name>): AsyncGenerator<Item<Name>>
}

/** Leaves out what says which one is meant. */
type Filters<Name extends OperationName> = Omit<Call<Name>, 'name' | 'cursor'>

/** The version of a dataflow that was read: what is changed of it fails with 412 if somebody else was first. */
export interface IfVersion {
  readonly version?: number
}

const match = ({ version }: IfVersion) => (version === undefined ? {} : { ifMatch: `"${version}"` })

/** What is done with dataflows. Those that are listed come page by page, as they are asked for. */
export function dataflowCalls({ call, each }: Calls) {
  return {
    list: () => each('listDataflows', {}),
    create: (body: Call<'createDataflow'>['body']) => call('createDataflow', { body }),
    show: (name: string) => call('showDataflow', { name }),
    edit: (name: string, body: Call<'editDataflow'>['body'], read: IfVersion = {}) =>
      call('editDataflow', { name, body, ...match(read) }),
    remove: (name: string, read: IfVersion = {}) => call('removeDataflow', { name, ...match(read) }),
    connect: (name: string) => call('testConnection', { name }),
    preview: (name: string) => call('previewRun', { name }),
    policy: (name: string) => call('showPolicy', { name }),
    runs: (name: string, filters: Filters<'listDataflowRuns'> = {}) => each('listDataflowRuns', { name, ...filters }),
    snapshots: (name: string) => each('listSnapshots', { name }),
    rollback: (name: string, body: Call<'rollback'>['body'] = {}) => call('rollback', { name, body }),
    diff: (name: string, pair: Filters<'diffSnapshots'> = {}) => call('diffSnapshots', { name, ...pair }),
  }
}

/** What is done with runs, by their numbers. */
export function runCalls({ call, each }: Calls) {
  return {
    list: (filters: Filters<'listRuns'> = {}) => each('listRuns', filters),
    show: (run: number) => call('showRun', { run }),
    progress: (run: number) => call('showProgress', { run }),
    log: (run: number) => call('listRunLog', { run }),
    cancel: (run: number) => call('cancelRun', { run }),
    approve: (run: number) => call('approveRun', { run }),
    discard: (run: number) => call('discardRun', { run }),
    retry: (run: number) => call('retryRun', { run }),
  }
}
