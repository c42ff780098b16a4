import { beforeEach, expect, test, vi } from 'vitest'
import { createOutput } from '../../src/cli/output.ts'
import { aTarget, type Target } from '../support/commandHere.ts'

const DESCRIPTION = 'The role does not let Cognito be read: it lacks cognito-idp:ListUsers on this pool.'

beforeEach(() => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS']) vi.stubEnv(name, undefined)
  return () => void vi.unstubAllEnvs()
})

function table(stderr: Target, rows: (string | number)[][]): string[] {
  createOutput(aTarget(), stderr).table(['Run', 'State', 'Description'], rows)
  return stderr
    .written()
    .split('\n')
    .map((line) => line.trimEnd())
}

test('a table is as wide as what it holds where nobody says how wide it may be', () => {
  expect(table(aTarget(), [[12, 'failed', DESCRIPTION]])).toEqual([
    'Run  State   Description',
    ` 12  failed  ${DESCRIPTION}`,
    '',
  ])
})

test('a table fits a terminal: its widest column is wrapped', () => {
  const lines = table(aTarget({ isTTY: true, columns: 50 }), [[12, 'planned', DESCRIPTION]])
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(50)
  expect(lines.slice(1, 3)).toEqual([
    ' 12  planned  The role does not let Cognito be',
    '              read: it lacks cognito-idp:ListUsers',
  ])
})

test('words are cut only where there is no room for the longest of each column', () => {
  const rows = [['group_members', 'imported', DESCRIPTION]]
  expect(table(aTarget({ isTTY: true, columns: 50 }), rows)[1]).toMatch(/^group_members {2}imported {2}The role/)
  const narrow = table(aTarget({ isTTY: true, columns: 30 }), rows)
  expect(Math.max(...narrow.map(({ length }) => length))).toBeLessThanOrEqual(30)
  expect(narrow[1]).toMatch(/^group_.*…/)
})

test('states have their colour on a terminal, and none where nobody sees it', () => {
  expect(table(aTarget({ isTTY: true }), [[12, 'failed', 'failed before']])[1]).toContain('\u001b[31mfailed\u001b[39m')
  expect(table(aTarget(), [[12, 'failed', '']]).join('')).not.toContain('\u001b')
})

test('what people have written can not steer a terminal', () => {
  expect(table(aTarget({ isTTY: true }), [[12, 'x', '\u001b[2J']]).join('')).not.toContain('\u001b')
})
