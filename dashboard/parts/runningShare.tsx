import type { Output } from '../../src/api/contract.ts'
import { ALMOST } from '../../src/run/progress.ts'
import { duration, grouped } from './text.ts'

interface RunningShareProps {
  readonly run: NonNullable<Output<'showDataflow'>['lastRun']>
  readonly now: Date
}

/** How far a run is that streams, in a line. Of a pool that tells no size it has no bar: only what was read. */
export function RunningShare({ run: { usersRead, estimatedUsers, startedAt }, now }: RunningShareProps) {
  if (!usersRead || !startedAt) return null
  const seconds = Math.max((now.getTime() - new Date(startedAt).getTime()) / 1000, 1)
  const rate = `${grouped(Math.round(usersRead / seconds))} users/s`
  if (!estimatedUsers) return <small>{`${grouped(usersRead)} users · ${rate}`}</small>
  const share = Math.min(usersRead / estimatedUsers, ALMOST)
  return (
    <>
      <small>{`${Math.floor(share * 100)} % · ${rate} · ${duration((seconds * (1 - share)) / share)} left`}</small>
      <progress aria-label="Users read" value={share} />
    </>
  )
}
