import type { AskError } from '../../../src/errors.ts'
import { TextArea, TextField } from '../../parts/field.tsx'
import { problemOf } from '../../parts/problems.tsx'
import { type Typed, textIn } from './typed.ts'

interface Details {
  readonly displayName?: string | undefined
  readonly description?: string | undefined
}

interface DetailsFieldsProps {
  readonly typed: Typed
  readonly problem: AskError | undefined
  /** What it is called where nobody says otherwise. */
  readonly name: string
}

/** What people call a dataflow, and what it is for. */
export function DetailsFields({ typed, problem, name }: DetailsFieldsProps) {
  return (
    <>
      <TextField
        label="Display Name"
        name="displayName"
        value={textIn(typed, 'displayName')}
        hint={`What people are shown. Left empty, it is ${name}.`}
        problem={problemOf(problem, 'displayName')}
        autocomplete="off"
        maxLength={200}
      />
      <TextArea
        label="Description"
        name="description"
        value={textIn(typed, 'description')}
        hint="What it is for, and whom to ask about it."
        problem={problemOf(problem, 'description')}
      />
    </>
  )
}

export const typedDetails = ({ displayName = '', description = '' }: Details): Typed => ({ displayName, description })

/** @param name stands where nobody gave another */
export function detailsFrom(typed: Typed, name: string) {
  return { displayName: textIn(typed, 'displayName').trim() || name, description: textIn(typed, 'description') }
}
