/** The versions that `If-Match` (RFC 9110) names by their ETags; undefined: any will do. One that is none of ours is of none. */
export function versionsIn(ifMatch = '*'): readonly number[] | undefined {
  if (ifMatch.trim() === '*') return undefined
  return ifMatch.split(',').map((tag) => Number(/^"(\d{1,9})"$/.exec(tag.trim())?.[1]))
}
