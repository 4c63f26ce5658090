const HIDDEN = '[redacted]'
const CREDENTIALS = /(?<=:\/\/)[^\s/@:]{1,200}:[^\s/@]{1,200}(?=@)/g
const SCHEMES = /\b(Bearer|Basic) +[\w.~+/=-]{6,}/gi
const NAMED =
  /\b([\w-]*(?:authorization|password|passwd|passphrase|secret|token|api[-_]?key|cookie))(["']?\s*[=:]\s*["']?)(?!\[redacted\])[^\s"',;&]{1,500}/gi

/** Takes out what is plainly a secret: credentials of URLs, tokens behind their scheme, values behind a telling name. */
export function redactText(text: string): string {
  return text
    .replaceAll(CREDENTIALS, HIDDEN)
    .replaceAll(SCHEMES, `$1 ${HIDDEN}`)
    .replaceAll(NAMED, (whole: string, name: string, between: string) =>
      / (Bearer|Basic) /.test(whole) ? whole : `${name}${between}${HIDDEN}`,
    )
}
