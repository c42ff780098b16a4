/** Single-character edits (insert, delete, replace) that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1]
    for (let column = 0; column < to.length; column += 1) {
      const replaced = (previous[column] ?? 0) + (letter === to[column] ? 0 : 1)
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1))
    }
    previous = current
  }
  return previous[to.length] ?? 0
}

/**
 * The candidate that somebody who typed `word` may have meant, whatever the case; undefined when none is near: more
 * than a third of its letters would have to change. What is far too long or too short is not looked at letter by letter:
 * a hundred kilobytes of a word against 600 time zones took a process's time for seconds.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const mostEdits = (candidate: string) => Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3))
  const ranked = candidates
    .filter((candidate) => Math.abs(word.length - candidate.length) <= mostEdits(candidate))
    .map((candidate) => ({ candidate, edits: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= mostEdits(candidate))
    .sort((one, other) => one.edits - other.edits)
  return ranked[0]?.candidate
}
