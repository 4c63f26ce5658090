import type { Boxman } from '../../src/runtime/index.ts'

/** A service as a customer writes it: with decorators and `using`, which the compiler turns into what this node runs. */
export function createService(boxman: Boxman): {
  readonly tables: { readonly name: string; find(id: number): string; settle(id: number): Promise<string> }
  readonly pay: (fails: boolean) => number
} {
  class Tables {
    readonly name = 'craps'

    @boxman.instrumentRoute('/tables/:id')
    find(id: number): string {
      if (id > 100) throw new TypeError(`no table ${id}`)
      return `${this.name} ${id}`
    }

    @boxman.instrumentRoute({ route: '/tables/:id/settle', method: 'POST' })
    async settle(id: number): Promise<string> {
      await new Promise((resolve) => setImmediate(resolve))
      if (id > 100) throw Object.assign(new Error('gone'), { statusCode: 410 })
      return `${this.name} ${id} settled`
    }
  }

  return {
    tables: new Tables(),
    pay(fails) {
      using scope = boxman.request({ path: '/wallets/4711/pay', method: 'post' })
      if (fails) throw new Error('not recorded as such: a scope is told what failed')
      scope.setStatus(202)
      return 202
    },
  }
}
