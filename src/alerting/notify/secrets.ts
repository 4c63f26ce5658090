const MARK = '***'
/** Shorter parts of an address are no secret. */
const MIN_PART = 12

/** What a channel knows and must not tell. */
export class Secrets {
  readonly #known = new Set<string>()

  add(secret: string): void {
    if (secret === '') return
    // `xoxb-`, `whsec_`, `123:`: what comes after it is as good.
    const bare = /^(?:[a-z]{2,6}[-_]|\d+:)(.{8,})$/.exec(secret)?.[1]
    if (bare !== undefined) this.add(bare)
    for (const form of [
      secret,
      secret.trim(),
      encodeURIComponent(secret.toWellFormed()),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
    ]) {
      if (form !== '') this.#known.add(form)
    }
  }

  /** An address that is secret as a whole, or in its longer parts. */
  addUrl(url: URL): void {
    for (const part of [url.href, url.pathname + url.search, url.search, url.username, url.password]) {
      if (part.length > 1) this.add(part)
    }
    const pieces = [...url.pathname.split('/'), ...url.searchParams.values()]
    for (const piece of pieces) if (piece.length >= MIN_PART) this.add(piece)
    if (url.pathname.length >= MIN_PART) this.add(url.pathname)
  }

  /** The text without any of them. */
  hide(text: string): string {
    const longestFirst = [...this.#known].sort((a, b) => b.length - a.length)
    let hidden = text
    for (const secret of longestFirst) hidden = hidden.replaceAll(secret, MARK.includes(secret) ? '' : MARK)
    // What was put in may have made one again.
    return longestFirst.some((secret) => hidden.includes(secret)) ? '' : hidden
  }
}
