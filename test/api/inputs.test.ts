import { expect, test } from 'vitest'
import { z } from 'zod'
import { inputOf } from '../../src/api/contract.ts'
import { type OperationName, ROUTES } from '../../src/api/routes.ts'
import { createInput, editInput, parseInput } from '../../src/dataflow/input.ts'
import { example, ROLE } from '../dataflow/examples.ts'

/** The names of all fields that a schema takes, at any depth. */
function fieldsOf(schema: z.ZodType): string[] {
  const names: string[] = []
  JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), (key, value) => {
    if (key === 'properties') names.push(...Object.keys(value))
    return value
  })
  return names
}

const INPUTS: [string, z.ZodType][] = [
  ['dataflow create', createInput],
  ['dataflow edit', editInput],
  ...(Object.keys(ROUTES) as OperationName[]).map((name): [string, z.ZodType] => [name, inputOf(name)]),
]

test('no input takes an address to send credentials to: only the environment of the servers does', () => {
  expect(fieldsOf(createInput)).toEqual(expect.arrayContaining(['poolId', 'secretAccessKey', 'roleArn']))
  for (const [name, schema] of INPUTS) {
    expect(
      fieldsOf(schema).filter((field) => /endpoint|host|proxy/i.test(field)),
      name,
    ).toEqual([])
  }
})

test("nor a role's external id: that is made here, once, and stays", () => {
  for (const [name, schema] of INPUTS) expect(fieldsOf(schema), name).not.toContain('externalId')
  const credentials = { ...ROLE, externalId: 'chosen-by-somebody' }
  expect(() => parseInput(createInput, example({ credentials }))).toThrow(/externalId/)
  expect(() => parseInput(editInput, { credentials })).toThrow(/externalId/)
})
