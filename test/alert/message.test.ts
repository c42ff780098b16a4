import { expect, test } from 'vitest'
import { type Alert, asJson, asSlack } from '../../src/alert/message.ts'

const HELD: Alert = {
  ...{ id: 7, event: 'run.held', at: new Date('2026-11-24T02:31:00Z'), dataflow: 'CustomerPool', run: 12 },
  ...{ cause: 'guard', description: 'It would remove 61 % of <users> & more.', quota: null },
}
const DASHBOARD = 'https://poolkeeper.example.com'

test('programs get every field, with a link to the run', () => {
  expect(JSON.parse(asJson(HELD, DASHBOARD))).toEqual({
    ...HELD,
    at: '2026-11-24T02:31:00.000Z',
    link: 'https://poolkeeper.example.com/runs/12',
  })
})

test('without a known address of the dashboard there is no link', () => {
  expect(JSON.parse(asJson(HELD, undefined))).toMatchObject({ link: null })
  expect(asSlack(HELD, undefined)).not.toContain('http')
})

test('what is of no run links to the dashboard', () => {
  expect(JSON.parse(asJson({ ...HELD, event: 'dataflow.late', run: null }, DASHBOARD)).link).toBe(`${DASHBOARD}/`)
})

const slackText = (alert: Alert) => JSON.parse(asSlack(alert, DASHBOARD)).blocks[0].text.text

test('Slack gets the same in words, and nothing in it is taken for a mark of Slack’s', () => {
  expect(slackText(HELD)).toBe(
    '*<https://poolkeeper.example.com/runs/12|CustomerPool: run 12 is held>*\nIt would remove 61 % of &lt;users&gt; &amp; more.',
  )
  expect(slackText({ ...HELD, description: '<!channel> <@U0>' })).toContain('&lt;!channel&gt; &lt;@U0&gt;')
})

test('a section for Slack is never longer than Slack takes', () => {
  expect(slackText({ ...HELD, description: 'x'.repeat(5_000) })).toHaveLength(3_000)
})

test.each<[Partial<Alert>, string]>([
  [{ event: 'run.failed' }, 'CustomerPool: run 12 failed'],
  [{ event: 'run.recovered' }, 'CustomerPool is well again: run 12 succeeded'],
  [{ event: 'dataflow.late', run: null }, 'CustomerPool is late'],
  [
    { event: 'quota.throttled', quota: { account: '123456789012', region: 'eu-central-1', category: 'UserList' } },
    'Cognito throttles UserList of account 123456789012 in eu-central-1 hard',
  ],
  [{ event: 'test' }, 'A test from Poolkeeper'],
])('%o is called "%s"', (fields, title) => {
  expect(JSON.parse(asSlack({ ...HELD, ...fields }, undefined)).text).toBe(title)
})
