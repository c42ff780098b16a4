// Brings the reference in docs/tables.md up to date with the catalogue: `npm run docs:tables`.
import { readFileSync, writeFileSync } from 'node:fs'
import { withReference } from './tablesReference.ts'

const PAGE = new URL('../docs/tables.md', import.meta.url)

writeFileSync(PAGE, withReference(readFileSync(PAGE, 'utf8')))
