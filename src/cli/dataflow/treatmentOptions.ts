import { AskError } from '../../errors.ts'

/** A column's name may hold dots and equals signs: custom attributes are named as people like. */
const TREAT = /^([^.]+)\.(.+)=(.*)$/s

/**
 * What `--treat` said, by table and column; what it may be is judged by `src/dataflow/treatments.ts`.
 * @throws AskError 'bad-input' for what is not written as a treatment
 */
export function treatmentsFrom(texts: readonly string[]): Record<string, Record<string, string>> {
  const byTable: Record<string, Record<string, string>> = {}
  for (const text of texts) {
    const [, table, column, treatment = ''] = TREAT.exec(text) ?? []
    if (!table || !column) throw new AskError('bad-input', `Say --treat as users.email=mask, not as ${text}.`)
    byTable[table] = { ...byTable[table], [column]: treatment }
  }
  return byTable
}
