import { honourSuppression } from './context.ts'
import { Contexts } from './otel/context-manager.ts'
import type { OtelApi } from './otel/keys.ts'
import { Propagator } from './otel/propagator.ts'
import { Provider } from './otel/tracer-facade.ts'
import type { Propagation } from './propagation.ts'
import type { Tracer } from './tracer.ts'

export type { OtelApi } from './otel/keys.ts'

export type OtelBridge =
  | { readonly ok: true; readonly undo: () => void }
  /** `ours`: what is there is a bridge of Boxman too. */
  | { readonly ok: false; readonly reason: 'taken'; readonly ours: boolean; readonly detail: string }

export interface OtelBridgeOptions {
  /** Which headers `propagation.inject` writes and `extract` reads. */
  readonly propagation?: Propagation | undefined
  /** The same package once more, where `import` and `require` have each their own: tracers that were asked for early hold on to it. */
  readonly copies?: readonly OtelApi[]
}

/** `@opentelemetry/api` as it is installed beside us; undefined when it is not. */
export async function findOtelApi(): Promise<OtelApi | undefined> {
  const name: string = '@opentelemetry/api'
  try {
    const found: OtelApi = await import(name)
    return found
  } catch {
    return undefined
  }
}

/**
 * Registers ours as OpenTelemetry's tracer provider, context manager and propagator: `trace.getTracer()`, and other
 * people's instrumentations, then make spans of our traces. Not where something else is registered already.
 */
export function installOtelBridge(
  tracer: Tracer,
  api: OtelApi,
  { propagation, copies = [] }: OtelBridgeOptions = {},
): OtelBridge {
  const contexts = new Contexts(api)
  const provider = new Provider(tracer, contexts, api)
  const propagator = new Propagator(api, propagation)
  honourSuppression()
  const early = copies.map((copy) => copy.trace.getTracerProvider())
  const parts = [
    ['trace', 'tracer provider', () => api.trace.setGlobalTracerProvider(provider)],
    ['context', 'context manager', () => api.context.setGlobalContextManager(contexts)],
    ['propagation', 'propagator', () => api.propagation.setGlobalPropagator(propagator)],
  ] as const
  const undo: (() => void)[] = [() => provider.close()]
  for (const [part, what, register] of parts) {
    if (!register()) {
      for (const one of undo) one()
      const holder = delegateOf(registered(part))
      const ours = holder instanceof Provider || holder instanceof Contexts || holder instanceof Propagator
      const whose = ours ? 'Boxman' : nameOf(holder)
      return {
        ok: false,
        reason: 'taken',
        ours,
        detail: `a ${what} (${whose}) is registered with OpenTelemetry already`,
      }
    }
    const held = registered(part)
    undo.push(() => {
      if (registered(part) === held) api[part].disable()
    })
  }
  for (const one of early) if (isProxy(one)) one.setDelegate(provider)
  return {
    ok: true,
    undo() {
      for (const one of undo.splice(0)) one()
    },
  }
}

/** Where all copies of the package, whatever their version, keep what is registered. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1')

function registered(part: 'trace' | 'context' | 'propagation'): unknown {
  const registry: unknown = Reflect.get(globalThis, REGISTRY)
  return typeof registry === 'object' && registry !== null ? Reflect.get(registry, part) : undefined
}

interface Proxy {
  getDelegate(): unknown
  setDelegate(delegate: unknown): void
}

/** What stands for the provider that is to come. */
function isProxy(value: unknown): value is Proxy {
  return typeof value === 'object' && value !== null && 'getDelegate' in value && 'setDelegate' in value
}

function delegateOf(value: unknown): unknown {
  return isProxy(value) ? value.getDelegate() : value
}

function nameOf(value: unknown): string {
  const made: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'constructor') : undefined
  return typeof made === 'function' ? made.name : 'of unknown make'
}
