import { startValkey } from '../../src/embedded/valkey.ts'

// Valkey as a process of its own, to be killed for real, where there is no redis-server: `ownValkey.ts PORT PASSWORD`.
const [port, password = ''] = process.argv.slice(2)
await startValkey({ port: Number(port), password })
