// What the built program reads and `tsc` leaves behind: migrations, styles, templates.
import { cpSync } from 'node:fs'

const root = new URL('..', import.meta.url)

for (const folder of ['src', 'dashboard']) {
  cpSync(new URL(folder, root), new URL(`dist/${folder}`, root), {
    recursive: true,
    filter: (path) => !/\.tsx?$/.test(path),
  })
}
