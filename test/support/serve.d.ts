import { type RequestListener } from 'node:http'
export interface Served {
  readonly url: URL
  /** Cuts what is still open. */
  readonly close: () => void
}
/** A real HTTP server on a free port of the loopback interface. */
export declare function serve(handle: RequestListener): Promise<Served>
//# sourceMappingURL=serve.d.ts.map
