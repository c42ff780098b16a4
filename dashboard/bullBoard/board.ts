import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { ExpressAdapter } from '@bull-board/express'
import type { Queue } from 'bullmq'
import { type RequestHandler, Router } from 'express'
import type { Redis } from 'ioredis'
import { deliveryJob, REQUEST_QUEUE, requestJob, taskJob, WEBHOOK_QUEUE } from '../../src/queue/queues.ts'
import { bullBoardHeaders } from '../headers.ts'
import { redisAnswers } from '../health.ts'
import { HttpError } from '../httpError.ts'

/** The folder with our copy of Bull Board's page: the same without the fonts that it fetches from Google. */
const VIEWS = dirname(fileURLToPath(import.meta.url))

const SYSTEM_FONTS = {
  'font-sans': 'system-ui, sans-serif',
  'font-mono': 'ui-monospace, monospace',
}

/**
 * Bull Board, to look at and nothing else. It has no authentication of its own (CVE-2026-86005): mount it behind the
 * guard. Retrying, cancelling and the like belong to runs, which Postgres knows about; done here they would go round it.
 * @param path where it is mounted, such as `/queues`
 */
export function bullBoard(path: string, queues: readonly Queue[], redis: Redis): Router {
  const adapter = new ExpressAdapter().setBasePath(path)
  createBullBoard({
    queues: queues.map(readOnly),
    serverAdapter: adapter,
    options: {
      uiConfig: {
        boardTitle: 'Poolkeeper queues',
        boardLogo: { path: '/assets/mark.svg', width: 20, height: 20 },
        favIcon: { default: '/assets/mark.svg', alternative: '/assets/mark.svg' },
        miscLinks: [
          { text: 'Dataflows', url: '/' },
          { text: 'Runs', url: '/runs' },
        ],
        hideDocsLink: true,
        theme: { light: SYSTEM_FONTS, dark: SYSTEM_FONTS },
      },
    },
  })
  adapter.setViewsPath(VIEWS)
  return Router().use(bullBoardHeaders, onlyReads, onlyWithRedis(redis), adapter.getRouter())
}

/** Read-only twice: by Bull Board's own mode, which takes the buttons away, and by refusing whatever is not a read. */
const onlyReads: RequestHandler = (request, _response, next) => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new HttpError(405, 'The queues are here to look at. Retry or cancel the run that a job belongs to instead.')
  }
  next()
}

/** Says at once that Redis is away, where BullMQ would wait for it. */
export function onlyWithRedis(redis: Redis): RequestHandler {
  return async (_request, _response, next) => {
    if (!(await redisAnswers(redis))) {
      throw new HttpError(
        503,
        'Redis is not answering, so the queues can’t be shown. Nothing is lost: runs are kept in Postgres and go on when it is back.',
      )
    }
    next()
  }
}

/** Not who asks: that may be a person. */
const SHOWN_OF_A_REQUEST = requestJob.pick({ dataflow: true, tables: true, priority: true }).strip()

/** Jobs carry ids only. Should a job hold more, put there by another service, it stays unseen. */
function readOnly(queue: Queue): BullMQAdapter {
  if (queue.name === REQUEST_QUEUE) {
    const adapter = new BullMQAdapter(queue, { readOnlyMode: true })
    adapter.setFormatter('data', (data) => SHOWN_OF_A_REQUEST.safeParse(data).data ?? {})
    return adapter
  }
  if (queue.name === WEBHOOK_QUEUE) {
    const adapter = new BullMQAdapter(queue, { readOnlyMode: true })
    adapter.setFormatter('data', (data) => deliveryJob.safeParse(data).data ?? {})
    return adapter
  }
  const adapter = new BullMQAdapter(queue, { readOnlyMode: true, externalJobUrl: ({ data }) => linkToRun(data) })
  adapter.setFormatter('data', (data) => taskJob.safeParse(data).data ?? {})
  return adapter
}

function linkToRun(data: unknown): { displayText: string; href: string } {
  const job = taskJob.safeParse(data)
  return job.success
    ? { displayText: `Run ${job.data.run}`, href: `/runs/${job.data.run}` }
    : { displayText: 'Runs', href: '/runs' }
}
