import { readFile } from 'node:fs/promises'
import type { Check } from './check.ts'

const MANIFEST = new URL('../../../package.json', import.meta.url)

/** Node: not older than what package.json asks for. npm only warns of it, and what then fails looks like a defect. */
export async function checkNode(version = process.versions.node): Promise<Check[]> {
  const { engines }: { engines: { node: string } } = JSON.parse(await readFile(MANIFEST, 'utf8'))
  const oldest = engines.node.replace('>=', '')
  if (isAtLeast(version, oldest)) return [{ check: 'Node', status: 'ok', detail: `version ${version}` }]
  const detail = `Node ${version} is too old; Poolkeeper needs ${oldest} or newer.`
  return [{ check: 'Node', status: 'failed', detail }]
}

/** Compares versions as people write them: 6.2 is older than 6.10. */
export function isAtLeast(version: string, oldest: string): boolean {
  return version.localeCompare(oldest, 'en', { numeric: true }) >= 0
}
