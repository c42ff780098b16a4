import { describe, expect, test } from 'vitest'
import type { oas31 } from 'zod-openapi'
import { curlOf } from '../../../dashboard/api/curl.ts'
import { fieldsOf } from '../../../dashboard/api/fields.ts'

describe('the fields of a schema', () => {
  test('stand line by line, those of lists and of alternatives as well, down to the next component', () => {
    const fields = fieldsOf({
      type: 'object',
      required: ['tables'],
      properties: {
        tables: { type: 'array', items: { type: 'object', properties: { source: { type: 'string' } } } },
        credentials: {
          oneOf: [
            { type: 'object', properties: { kind: { const: 'role' }, roleArn: {} }, required: ['kind', 'roleArn'] },
            { type: 'object', properties: { kind: { const: 'ambient' } }, required: ['kind'] },
          ],
        },
        lastRun: { anyOf: [{ $ref: '#/components/schemas/Run' }, { type: 'null' }] },
        at: { type: 'string', format: 'date-time', default: 'now', description: 'When.' },
      },
    })
    expect(fields.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'tables: list of object',
      'tables[].source: string',
      'credentials: object',
      'credentials.kind: "role" or "ambient"',
      'credentials.roleArn: anything',
      'lastRun: Run or null',
      'at: date-time',
    ])
    expect(fields.filter(({ required }) => required).map(({ name }) => name)).toEqual(['tables', 'credentials.kind'])
    expect(fields).toContainEqual(expect.objectContaining({ name: 'lastRun', component: 'Run', required: false }))
    expect(fields).toContainEqual(expect.objectContaining({ name: 'at', about: 'When. Default: "now".' }))
  })
})

describe('a command that calls an operation', () => {
  test('sends what must be sent, and quotes it for the shell', () => {
    const schema: oas31.SchemaObject = {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string', example: "Ana's" }, description: { type: 'string' } },
    }
    const command = curlOf('/api/v1/dataflows/{name}', 'patch', {
      parameters: [{ in: 'path', name: 'name', schema: { type: 'string', example: 'CustomerPool' } }],
      requestBody: { content: { 'application/json': { schema } } },
    })
    expect(command.split(' \\\n  ')).toEqual([
      'curl -H "Authorization: Bearer $POOLKEEPER_TOKEN"',
      '-X PATCH',
      `-H 'Content-Type: application/json' -d '{"name":"Ana'\\''s"}'`,
      '"$POOLKEEPER_URL/api/v1/dataflows/CustomerPool"',
    ])
  })
})
