import { userInfo } from 'node:os'

/** Who asks, for history: the user's name, or the number of one that has none, as in many containers. */
export function person(): string {
  try {
    return userInfo().username
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SYSTEM_ERROR')
      return `uid ${process.getuid?.()}`
    throw error
  }
}
