import { findOtelApi, installOtelBridge, type OtelApi, type Propagation, type Tracer } from '../../tracing/index.ts'
import { libraryFinder } from '../find-library.ts'

const NAME = '@opentelemetry/api'

/** The package as the application has it: `import` and `require` may have each its own copy. */
export type FoundApi =
  | { readonly ok: true; readonly api: OtelApi; readonly copies: readonly OtelApi[] }
  | { readonly ok: false; readonly reason: 'absent' | 'unfit'; readonly detail: string }

/** Looks where the application would find it. */
export async function findOpenTelemetry(cwd: string): Promise<FoundApi> {
  const found = libraryFinder(cwd)(NAME)
  if (found === undefined)
    return { ok: false, reason: 'absent', detail: `${NAME} is not installed: npm install ${NAME}` }
  if (!found.version.startsWith('1.')) {
    return { ok: false, reason: 'unfit', detail: `${NAME} ${found.version} is not known here: install version 1` }
  }
  const own = libraryFinder(import.meta.dirname)(NAME)
  const imported = own?.version === found.version ? await findOtelApi() : undefined
  // One that nobody has required yet has given nobody a tracer.
  const required = imported === undefined || found.isLoaded() ? loaded(() => found.load()) : undefined
  const api = required ?? imported
  if (api === undefined) {
    return { ok: false, reason: 'unfit', detail: `${NAME} ${found.version} could not be loaded: install it anew` }
  }
  return { ok: true, api, copies: imported === undefined || imported === api ? [] : [imported] }
}

export interface BridgeOptions {
  readonly found: FoundApi
  /** Whether somebody asked for it: then it is said why it is not there. */
  readonly asked: boolean
  readonly tracer: Tracer
  readonly propagation: Propagation
  readonly warn: (detail: string) => void
}

/** Makes OpenTelemetry's spans ours, if nobody else has them; returns the undo. */
export function bridgeOpenTelemetry({ found, asked, tracer, propagation, warn }: BridgeOptions): () => void {
  if (!found.ok) {
    if (asked || found.reason === 'unfit') warn(found.detail)
    return () => undefined
  }
  const bridge = installOtelBridge(tracer, found.api, { propagation, copies: found.copies })
  if (bridge.ok) return bridge.undo
  if (asked || !bridge.ours) warn(`${bridge.detail}; tracing.openTelemetry: false leaves it alone without a word`)
  return () => undefined
}

function loaded(load: () => unknown): OtelApi | undefined {
  try {
    const module = load()
    return isApi(module) ? module : undefined
  } catch {
    return undefined
  }
}

/** What the bridge uses of it that its first versions did not have. */
function isApi(module: unknown): module is OtelApi {
  return typeof module === 'object' && module !== null && 'createTraceState' in module
}
