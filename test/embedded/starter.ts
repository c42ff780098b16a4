import { startServices } from '../../src/embedded/services.ts'

/** A process that starts the services on a folder, says where they are, and waits for its end. */
const { databaseUrl, redisUrl, postgresFolder } = await startServices(process.argv[2] ?? '', { durable: false })
process.send?.({ databaseUrl, redisUrl, postgresFolder })
