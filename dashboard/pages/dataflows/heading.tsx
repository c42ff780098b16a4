import { addressOf, type View } from './view.ts'

interface HeadingProps {
  readonly name: string
  /** As the first click sorts by it. */
  readonly sort?: string
  readonly number?: boolean
  readonly view: View
}

/** A heading that sorts by its column, and the other way round where it does already. */
export function Heading({ name, sort, number, view }: HeadingProps) {
  const style = number ? 'number' : undefined
  if (!sort) return <th scope="col">{name}</th>
  const by = (text: string) => text.replace(/^-/, '')
  const current = view.sort || 'name'
  if (by(current) !== by(sort)) {
    return (
      <th scope="col" class={style}>
        <a href={addressOf(view, { sort })}>{name}</a>
      </th>
    )
  }
  const descending = current.startsWith('-')
  return (
    <th scope="col" class={style} aria-sort={descending ? 'descending' : 'ascending'}>
      <a href={addressOf(view, { sort: descending ? by(current) : `-${current}` })}>
        {name} <span aria-hidden="true">{descending ? '↓' : '↑'}</span>
      </a>
    </th>
  )
}
