import type { TextFile } from '../api/operation.ts'
import { PoolkeeperApiError } from './errors.ts'

/** An answer that is a file, to be read as it comes. */
export function fileIn({ headers, body, url }: Response): TextFile {
  return {
    name: /filename="?([^";]+)"?/.exec(headers.get('content-disposition') ?? '')?.[1] ?? '',
    type: headers.get('content-type') ?? '',
    chunks: body ? chunksOf(body, url) : new ReadableStream(),
  }
}

async function* chunksOf(body: NonNullable<Response['body']>, url: string): AsyncGenerator<string> {
  try {
    yield* body.pipeThrough(new TextDecoderStream())
  } catch {
    throw new PoolkeeperApiError({
      ...{ status: 0, cause: 'network', requestId: null },
      detail: `${new URL(url).origin} broke off in the middle of the file.`,
      remedy: 'What has come is not all of it: ask for it again.',
    })
  }
}
