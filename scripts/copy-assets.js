// What the built program reads and `tsc` leaves behind: migrations, styles, templates, and what package.json says of it.
import { cpSync } from 'node:fs'

const root = new URL('..', import.meta.url)

for (const folder of ['src', 'dashboard']) {
  cpSync(new URL(folder, root), new URL(`dist/${folder}`, root), {
    recursive: true,
    filter: (path) => !/\.tsx?$/.test(path),
  })
}

// `doctor` asks it for the oldest Node; the image's said ENOENT, because built files lie a folder deeper.
cpSync(new URL('package.json', root), new URL('dist/package.json', root))
