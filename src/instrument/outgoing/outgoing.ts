import { honourSuppression } from '../../tracing/index.ts'
import { Fuse } from '../fuse.ts'
import { undoAll } from '../undo.ts'
import type { OutgoingOptions } from './call.ts'
import { watchNodeHttp } from './node-http.ts'
import { watchUndici } from './undici.ts'

let instrumented = false

/**
 * Measures every HTTP request that the process sends - the global fetch, undici, `node:http`, `node:https` - and gives it
 * the headers of its own span. Headers that the caller has set stay. What `instrumentFetch` wraps is counted there alone.
 * @returns the undo: calls under way then are no longer recorded.
 * @throws Error when the process is instrumented already: everything would count twice.
 */
export function instrumentOutgoing(options: OutgoingOptions): () => void {
  if (instrumented) throw new Error('outgoing HTTP is instrumented already; undo that first')
  instrumented = true
  honourSuppression()
  const { onFault } = options
  return undoAll([
    () => {
      instrumented = false
    },
    watchUndici(options, new Fuse('measuring undici', onFault)),
    watchNodeHttp(options, new Fuse('measuring node:http', onFault)),
  ])
}
