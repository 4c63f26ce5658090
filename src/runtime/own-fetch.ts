import { suppressInstrumentation } from '../tracing/index.ts'

/** For calls of Boxman's own: they are none of the application's, so they are not measured, no spans, and carry no headers of ours. */
export const ownFetch: typeof globalThis.fetch = (input, init) => suppressInstrumentation(() => fetch(input, init))
