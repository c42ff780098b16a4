#!/usr/bin/env node
// A checkout runs its sources, so that what you edit is what runs; the image and the package carry only `dist`.
import { existsSync } from 'node:fs'

const sources = new URL('../src/cli/main.ts', import.meta.url)

if (existsSync(sources)) {
  const { register } = await import('tsx/esm/api')
  register()
  await import(sources.href)
} else {
  await import(new URL('../dist/src/cli/main.js', import.meta.url).href)
}
