import { statusOf } from './failure.ts'
import { RequestScope, type RequestStart, type ScopeOptions } from './request-scope.ts'

export type Handler<This, Args extends readonly unknown[], Result> = (this: This, ...args: Args) => Result

export interface RouteInstrument {
  /** A handler that is measured at each call. */
  <This, Args extends readonly unknown[], Result>(
    route: string | RequestStart,
    handler: Handler<This, Args, Result>,
  ): Handler<This, Args, Result>
  /** The same as decorator of a method: `@instrumentRoute('/tables/:id')`. */
  (
    route: string | RequestStart,
  ): <This, Args extends readonly unknown[], Result>(
    method: Handler<This, Args, Result>,
    context: ClassMethodDecoratorContext<This, Handler<This, Args, Result>>,
  ) => Handler<This, Args, Result>
}

/**
 * Runs and measures: to its end when it is synchronous, until it is settled when it is not. What it returns or throws comes
 * back as it is. The status is what the scope was told, else that of what is returned or thrown, else 200 or 500.
 */
export function measureRequest<T>(start: RequestStart, options: ScopeOptions, work: (scope: RequestScope) => T): T {
  const scope = new RequestScope(start, options)
  const finish = <V>(value: V): V => {
    const status = statusOf(value)
    if (status !== undefined) scope.setStatus(status)
    scope.end()
    return value
  }
  const failed = (error: unknown): never => {
    scope.fail(error).end()
    throw error
  }
  let result: T
  try {
    result = scope.run(() => work(scope))
  } catch (error) {
    return failed(error)
  }
  if (!(result instanceof Promise)) return finish(result)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a promise for the same value
  return result.then(finish, failed) as T
}

export function createRouteInstrument(options: ScopeOptions): RouteInstrument {
  function wrap<This, Args extends readonly unknown[], Result>(
    route: string | RequestStart,
    handler: Handler<This, Args, Result>,
  ): Handler<This, Args, Result> {
    const start = typeof route === 'string' ? { route } : route
    return function measured(...args) {
      return measureRequest(start, options, () => Reflect.apply(handler, this, args))
    }
  }
  function instrumentRoute<This, Args extends readonly unknown[], Result>(
    route: string | RequestStart,
    handler?: Handler<This, Args, Result>,
  ): unknown {
    if (handler !== undefined) return wrap(route, handler)
    return (method: Handler<This, Args, Result>) => wrap(route, method)
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- by its number of arguments
  return instrumentRoute as RouteInstrument
}
