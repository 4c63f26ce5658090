export type FaultHandler = (error: unknown) => void

/** Runs a piece of monitoring. Whatever goes wrong in it, at once or in a promise it returns, ends at `onFault`. */
export function guarded<T>(onFault: FaultHandler, work: () => T): T | undefined {
  try {
    const result = work()
    if (result instanceof Promise) result.catch((error: unknown) => toldOf(onFault, error))
    return result
  } catch (error) {
    toldOf(onFault, error)
    return undefined
  }
}

/** For a try of its own, where a closure would cost too much. */
export function toldOf(onFault: FaultHandler, error: unknown): void {
  try {
    onFault(error)
  } catch {
    // The last resort has failed too: the application goes first.
  }
}
