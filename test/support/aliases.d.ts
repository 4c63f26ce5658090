/** Express 4 under its alias: for what the tests use of it, the types of 5 hold. */
declare module 'express4' {
  import express from 'express'
  export default express
}

/** Express 5.1, with a router that keeps nothing of a mount's pattern. */
declare module 'express-5-1' {
  import express from 'express'
  export default express
}

declare module 'koa-mount' {
  import type { Middleware } from 'koa'
  export default function mount(prefix: string, what: object): Middleware
}
