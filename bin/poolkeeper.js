#!/usr/bin/env node
// A checkout runs its sources, so that what you edit is what runs; the image and the package carry only `dist`.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// The AWS SDK writes six lines about Node 22 into the output of every process; `engines` says what we support.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

const sources = new URL('../src/cli/main.ts', import.meta.url)

if (existsSync(sources)) {
  const { register } = await import('tsx/esm/api')
  // By default tsx takes the tsconfig.json of the current folder: started from elsewhere, every page of the dashboard
  // failed with "React is not defined".
  register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) })
  await import(sources.href)
} else {
  await import(new URL('../dist/src/cli/main.js', import.meta.url).href)
}
