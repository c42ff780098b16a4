import { expect, test } from 'vitest'
import { createClient, type Moment } from '../../src/client/client.ts'
import { type Answer, broken, events, json, problem, scripted } from './scripted.ts'

const run = (state: string) => ({ run: 12, state, tables: [{ table: 'users', rows: 5 }], finishedAt: null })
const ENDED = { ...run('succeeded'), finishedAt: '2026-11-24T02:30:00.000Z' }
const moment = (id: string, state: string) => ({ id, event: 'progress', data: { run: run(state), progress: {} } })
const END = { id: 'z', event: 'ended', data: { run: ENDED, progress: {} } }
const NOTHING = events()

async function wait(...answers: readonly [Answer, ...Answer[]]) {
  const server = await scripted(...answers)
  const states: string[] = []
  const onProgress = ({ run }: Moment) => void states.push(run.state)
  const ended = await createClient({ url: server.url, token: 'pk_one' }).runs.wait(12, { onProgress })
  return { ended, states, requests: server.requests }
}

test('a run is followed to its end', async () => {
  const { ended, states } = await wait(events(moment('a', 'planning'), moment('b', 'streaming'), END))
  expect(ended).toEqual(ENDED)
  expect(states).toEqual(['planning', 'streaming', 'succeeded'])
})

test('a connection that is lost is taken up again after the last event that came', async () => {
  const { states, requests } = await wait(events(moment('a', 'planning')), broken, events(END))
  expect(states).toEqual(['planning', 'succeeded'])
  expect(requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'a', 'a'])
})

test('where no events come through, the run is asked for instead', async () => {
  const { ended, states, requests } = await wait(NOTHING, NOTHING, json(ENDED))
  expect(ended).toEqual(ENDED)
  expect(states).toEqual(['succeeded'])
  expect(requests.map(({ url }) => url)).toEqual([
    ...['/api/v1/runs/12/events', '/api/v1/runs/12/events', '/api/v1/runs/12'],
  ])
})

test('what the server refuses is not tried again', async () => {
  await expect(wait(problem(404, 'not-found'))).rejects.toMatchObject({ status: 404 })
})
