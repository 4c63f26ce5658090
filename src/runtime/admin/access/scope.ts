/** What a visitor may do. None of them includes another. */
export const SCOPES = ['metrics', 'read', 'operate', 'ingest'] as const
export type Scope = (typeof SCOPES)[number]

/**
 * What an endpoint asks of its visitor; a probe asks nothing, unless `admin.guardProbes`; of what is signed the request itself
 * says what it may do, and its endpoint checks that; the page is its files alone, and how one logs in: they hold no secret.
 */
export type Need = Scope | 'probe' | 'signed' | 'page'

export const EVERYTHING: ReadonlySet<Scope> = new Set(SCOPES)
export const NOTHING: ReadonlySet<Scope> = new Set()

/** Who somebody is, and what they may do. */
export interface Identity {
  readonly name: string
  readonly scopes: ReadonlySet<Scope>
}

/** Of `admin.tokens`. */
export interface AdminToken {
  readonly token: string
  readonly scopes: readonly Scope[]
  /** Who it is that has it, where it is written down who did something. */
  readonly name?: string | undefined
}

/** Of `admin.basic`. */
export interface AdminUser {
  readonly user: string
  /** Plain, or as `$scrypt$ln=14,r=8,p=1$SALT$HASH`. */
  readonly password: string
  readonly scopes: readonly Scope[]
}

/** `admin.tls`: files of PEM. */
export interface AdminTls {
  readonly cert: string
  readonly key: string
  /** Whose clients are known. */
  readonly ca?: string | undefined
  /** Whether a client without a certificate is let no further than the handshake; default `request`. */
  readonly clientAuth?: 'require' | 'request' | undefined
  /** What the certificates of `ca` may do, by name; default: everything. */
  readonly allow?: readonly AllowedSubject[] | undefined
}

export interface AllowedSubject {
  /** A common name or an alternative name of the certificate; `*` stands for any run of characters. */
  readonly subject: string
  readonly scopes: readonly Scope[]
}
