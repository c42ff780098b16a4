import { fileURLToPath } from 'node:url'

/**
 * The folder of the program that processes of a test are started from. POOLKEEPER_IMAGE_FOLDER names one that was built as the
 * Dockerfile does it: then what is tested is what is deployed, and each process is there in half the time (0.5 s of CPU
 * instead of 1.1 for a short command). Else it is this checkout.
 */
// biome-ignore lint/style/noProcessEnv: said to the tests only, by the run that builds such a folder
export const IMAGE = process.env.POOLKEEPER_IMAGE_FOLDER ?? fileURLToPath(new URL('../..', import.meta.url))
