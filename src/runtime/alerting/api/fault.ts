/** A request that is answered so. */
export class AlertingFault extends Error {
  override readonly name = 'AlertingFault'
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>

  private constructor(status: number, message: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.body = body
    this.headers = headers
  }

  /** Of what does not fit the API's description, as Alertmanager's server writes it. */
  static coded(status: number, message: string, code: number = status): AlertingFault {
    return new AlertingFault(status, message, { code, message })
  }

  static notAllowed(method: string, allowed: readonly string[]): AlertingFault {
    const message = `method ${method} is not allowed, but [${allowed.join(',')}] are`
    return new AlertingFault(405, message, { code: 405, message }, { allow: allowed.join(',') })
  }

  static tooMany(message: string, waitMs: number): AlertingFault {
    return new AlertingFault(429, message, { code: 429, message }, { 'retry-after': String(Math.ceil(waitMs / 1000)) })
  }

  /** Of what fits it, and cannot be: the text alone. */
  static said(status: number, message: string): AlertingFault {
    return new AlertingFault(status, message, message)
  }
}
