/** What is recognised in a text by its looks, whatever its name. */
export const SHAPES = ['authorization', 'jwt', 'card', 'privateKey', 'token', 'url', 'assignment'] as const
export type Shape = (typeof SHAPES)[number]

export interface RedactionOptions {
  /** Values at these places are never shown: `user.card.number`, `headers["x-api-key"]`, `*.pin`, `items[*].pin`. */
  readonly paths?: readonly string[]
  /** Names of secrets besides the usual ones, whatever their case and separators; `*` at an end stands for any text. */
  readonly keys?: readonly string[]
  /** Names that are no secrets although they look so: `csrfToken`, `page_token`. As `keys`. */
  readonly allow?: readonly string[]
  /** Default: all. */
  readonly shapes?: readonly Shape[]
  /** Whether addresses of e-mail are taken out. Default: no. */
  readonly emails?: boolean
  /** What stands in the place of a secret. Default: `[redacted]`. */
  readonly replacement?: string
}

export const REDACTED = '[redacted]'

/** Takes secrets out of what leaves the process or is kept. Never throws; copies only what it changes. */
export interface Redactor {
  text(text: string): string
  /** One value under its name, such as a span's attribute. */
  field(name: string, value: unknown): unknown
  fields(fields: Record<string, unknown>): Record<string, unknown>
}
