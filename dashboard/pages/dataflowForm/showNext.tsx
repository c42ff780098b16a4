import type { VNode } from 'preact'
import type { Typed } from '../../typed.ts'
import type { Visit } from '../../visit.ts'
import { NextTimes } from './nextTimes.tsx'
import { scheduleFrom } from './schedule.ts'

/** What a schedule comes to that somebody is typing. */
export async function showNext({ query, around }: Visit): Promise<VNode> {
  const typed = Object.fromEntries(Object.entries(query).filter(([, value]) => typeof value === 'string')) as Typed
  return <NextTimes {...scheduleFrom(typed)} around={around} />
}
