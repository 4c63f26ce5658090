import type { WebSocket } from 'ws'
import type { WebSocketMeter } from './meter.ts'

export type WebSocketClass = typeof WebSocket

/** The class of `ws`, whose clients are counted from their handshake on: `const InstrumentedWebSocket = instrumentedWebSocket(WebSocket, meter)`. */
export function instrumentedWebSocket(Original: WebSocketClass, meter: WebSocketMeter): WebSocketClass {
  class InstrumentedWebSocket extends Original {
    constructor(...args: ConstructorParameters<WebSocketClass>) {
      super(...args)
      meter.socket(this)
    }
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every overload's arguments are passed on as they are
  return InstrumentedWebSocket as WebSocketClass
}
