import type { AskError } from '../../../src/errors.ts'
import type { Surroundings } from '../../surroundings.ts'
import type { Typed } from '../../typed.ts'
import type { Draft } from './steps.ts'

/** What each step's page is given. */
export interface StepProps {
  readonly draft: Draft
  /** What stands in its fields: what was answered, or what was typed just now and can't be taken. */
  readonly typed: Typed
  readonly problem: AskError | undefined
  readonly around: Surroundings
}
