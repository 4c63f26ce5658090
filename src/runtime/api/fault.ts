/** The kinds of errors of Prometheus's HTTP API, with the status that each is answered with. */
const STATUS = {
  bad_data: 400,
  execution: 422,
  canceled: 499,
  timeout: 503,
  internal: 500,
  not_found: 404,
  unavailable: 500,
} as const

export type ErrorType = keyof typeof STATUS

/** Why a request has no answer. Thrown by the endpoints; the API turns it into an answer. */
export class ApiFault extends Error {
  readonly type: ErrorType
  readonly status: number

  constructor(type: ErrorType, message: string, status: number = STATUS[type]) {
    super(message)
    this.name = 'ApiFault'
    this.type = type
    this.status = status
  }
}

export function failBadData(message: string): never {
  throw new ApiFault('bad_data', message)
}

export function failParameter(name: string, message: string): never {
  failBadData(`invalid parameter "${name}": ${message}`)
}
