import { EventEmitter } from 'node:events'
import type { Context, ContextManager } from '@opentelemetry/api'
import { currentLayer, Layer, runWithLayer } from '../context.ts'
import { ContextFacade } from './context-facade.ts'
import { type OtelApi, SUPPRESS_KEY } from './keys.ts'

type Callable = (...args: readonly unknown[]) => unknown

/** OpenTelemetry's contexts, carried by our one store. */
export class Contexts implements ContextManager {
  readonly #api: OtelApi
  readonly #root: ContextFacade
  /** Which context an emitter is bound to; the last one counts. */
  readonly #bound = new WeakMap<EventEmitter, Context>()

  constructor(api: OtelApi) {
    this.#api = api
    this.#root = new ContextFacade(api)
  }

  active(): ContextFacade {
    const store = currentLayer()
    if (store instanceof ContextFacade) return store
    if (store === undefined) return this.#root
    if (!(store instanceof Layer)) return new ContextFacade(this.#api, store)
    const root = store.context === undefined ? this.#root : new ContextFacade(this.#api, store.context)
    return store.suppressed ? root.setValue(SUPPRESS_KEY, true) : root
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return runWithLayer(ContextFacade.from(this.#api, context), () => fn.apply(thisArg, args))
  }

  bind<T>(context: Context, target: T): T {
    if (target instanceof EventEmitter) this.#bindEmitter(context, target)
    if (!isCallable(target)) return target
    const run = (fn: () => unknown) => this.with(context, fn)
    const bound = function (this: unknown, ...args: readonly unknown[]): unknown {
      return run(() => Reflect.apply(target, this, args))
    }
    Object.defineProperty(bound, 'length', { value: target.length, configurable: true })
    return same(bound, target)
  }

  enable(): this {
    return this
  }

  disable(): this {
    return this
  }

  #bindEmitter(context: Context, emitter: EventEmitter): void {
    const known = this.#bound.has(emitter)
    this.#bound.set(emitter, context)
    if (known) return
    const emit = emitter.emit.bind(emitter)
    emitter.emit = (...args) => {
      const bound = this.#bound.get(emitter)
      return bound === undefined ? emit(...args) : this.with(bound, () => emit(...args))
    }
  }
}

function isCallable(value: unknown): value is Callable {
  return typeof value === 'function'
}

/** A wrapper is used as what it wraps. */
function same<T>(wrapper: Callable, _wrapped: T): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it passes everything on
  return wrapper as T
}
