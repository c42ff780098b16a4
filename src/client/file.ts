import type { TextFile } from '../api/operation.ts'

/** An answer that is a file, to be read as it comes. */
export function fileIn({ headers, body }: Response): TextFile {
  return {
    name: /filename="([^"]*)"/.exec(headers.get('content-disposition') ?? '')?.[1] ?? '',
    type: headers.get('content-type') ?? '',
    chunks: body ? body.pipeThrough(new TextDecoderStream()) : new ReadableStream(),
  }
}
