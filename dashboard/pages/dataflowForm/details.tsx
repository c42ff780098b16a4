import type { AskError } from '../../../src/errors.ts'
import { TextArea, TextField } from '../../parts/field.tsx'
import { problemOf } from '../../parts/problems.tsx'
import { type Typed, textIn } from '../../typed.ts'

interface Details {
  readonly displayName?: string | undefined
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
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
      <TextField
        label="Tags"
        name="tags"
        value={textIn(typed, 'tags')}
        hint="Words to find and group it by, with commas between: production, eu."
        problem={problemOf(problem, 'tags')}
        autocomplete="off"
      />
    </>
  )
}

export function typedDetails({ displayName = '', description = '', tags = [] }: Details): Typed {
  return { displayName, description, tags: tags.join(', ') }
}

/** @param name stands where nobody gave another */
export function detailsFrom(typed: Typed, name: string) {
  const tags = textIn(typed, 'tags').split(',')
  return {
    displayName: textIn(typed, 'displayName').trim() || name,
    description: textIn(typed, 'description'),
    tags: tags.map((tag) => tag.trim()).filter((tag) => tag !== ''),
  }
}
