import { Contexts } from './otel/context-manager.ts'
import type { OtelApi } from './otel/keys.ts'
import { Propagator } from './otel/propagator.ts'
import { Provider } from './otel/tracer-facade.ts'
import type { Tracer } from './tracer.ts'

export type { OtelApi } from './otel/keys.ts'

export type OtelBridge =
  | { readonly ok: true; readonly undo: () => void }
  | { readonly ok: false; readonly reason: 'taken'; readonly detail: string }

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
export function installOtelBridge(tracer: Tracer, api: OtelApi): OtelBridge {
  const contexts = new Contexts(api)
  const parts = [
    ['context manager', api.context, () => api.context.setGlobalContextManager(contexts)],
    ['tracer provider', api.trace, () => api.trace.setGlobalTracerProvider(new Provider(tracer, contexts, api))],
    ['propagator', api.propagation, () => api.propagation.setGlobalPropagator(new Propagator(api))],
  ] as const
  const undo: (() => void)[] = []
  for (const [name, part, register] of parts) {
    if (!register()) {
      for (const one of undo) one()
      return { ok: false, reason: 'taken', detail: `a ${name} is registered with OpenTelemetry already` }
    }
    undo.push(() => part.disable())
  }
  return {
    ok: true,
    undo() {
      for (const one of undo.splice(0)) one()
    },
  }
}
