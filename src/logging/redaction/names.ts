/** How names of secrets end, in small letters and without separators: `password`, `dbPassword`, `set-cookie`, `X-API-Key`. */
const SECRET =
  /(?:authorization|cookie|passw(?:or)?d|pwd|passphrase|token|secret|credential|(?:api|access|private|secret|signing|encryption)key|(?:amz|goog)signature|cv[cv]2?)s?$|privatekey/

/** Whose digits may look like the number of a card. */
const SPAN_ID = /spanid$/
const MOST_KNOWN = 2000
/** Characters of a name that are looked at: its end says what it is. */
const MOST_READ = 128

/** What a field's name says of its value. */
export interface NameVerdict {
  readonly secret: boolean
  readonly isSpanId: boolean
  /** The name as it may be shown: it can be a secret itself, in a map by tokens. */
  readonly shown: string
}

/** Which names are those of secrets. */
export class Names {
  readonly #keys: readonly RegExp[]
  readonly #allowed: readonly RegExp[]
  readonly #shown: (name: string) => string
  /** Names of fields are few; those in texts come in any number, and must not put them out. */
  readonly #known = new Map<string, NameVerdict>()
  readonly #inTexts = new Map<string, boolean>()

  constructor(keys: readonly string[], allow: readonly string[], shown: (name: string) => string) {
    this.#keys = keys.map((key) => patternOf('keys', key))
    this.#allowed = allow.map((key) => patternOf('allow', key))
    this.#shown = shown
  }

  of(name: string): NameVerdict {
    return this.#known.get(name) ?? this.#learn(name)
  }

  /** Of a name in a text. */
  isSecret(name: string): boolean {
    const known = this.#inTexts.get(name)
    if (known !== undefined) return known
    const secret = this.#judge(normalized(name))
    if (this.#inTexts.size >= MOST_KNOWN) this.#inTexts.clear()
    this.#inTexts.set(name, secret)
    return secret
  }

  #learn(name: string): NameVerdict {
    const plain = normalized(name)
    const verdict = { secret: this.#judge(plain), isSpanId: SPAN_ID.test(plain), shown: this.#shown(name) }
    if (name.length > MOST_READ) return verdict
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    this.#known.set(name, verdict)
    return verdict
  }

  #judge(plain: string): boolean {
    if (!SECRET.test(plain) && !this.#keys.some((key) => key.test(plain))) return false
    return !this.#allowed.some((key) => key.test(plain))
  }
}

function normalized(name: string): string {
  return name
    .slice(-MOST_READ)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

/** @throws RangeError for a pattern without a name. */
function patternOf(option: string, key: string): RegExp {
  const name = normalized(key)
  if (name === '')
    throw new RangeError(`${option}: ${JSON.stringify(key)} has no letter or digit: name a field, such as pin`)
  return new RegExp(`${key.startsWith('*') ? '' : '^'}${name}${key.endsWith('*') ? '' : '$'}`, 'u')
}
