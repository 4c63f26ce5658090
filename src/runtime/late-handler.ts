import type { PathHandler } from './api/api.ts'

/** A handler that is loaded for the first request to one of its paths. */
export function lateHandler(paths: RegExp, load: () => Promise<PathHandler>): PathHandler {
  let loaded: Promise<PathHandler> | undefined
  return async (request, response, path) => {
    if (!paths.test(path)) return false
    loaded ??= load()
    const handle = await loaded
    return handle(request, response, path)
  }
}
