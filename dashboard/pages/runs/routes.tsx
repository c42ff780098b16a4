import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { decisionRoutes } from './decisions.ts'

/** Runs: their history, each of them, and what is decided about them. */
export function runsRoutes(services: Services): readonly Route[] {
  return [...decisionRoutes(services)]
}
