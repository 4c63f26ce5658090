const [MOST_NAME, MOST_HOST] = [64, 255]
const NAME = /[\w.+%-]/
const HOST = /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/

export function redactEmails(text: string, replacement: string): string {
  let out = ''
  let copied = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let from = at
    while (from > copied && at - from < MOST_NAME && NAME.test(text.charAt(from - 1))) from--
    const host = HOST.exec(text.slice(at + 1, at + 1 + MOST_HOST))?.[0]
    if (host === undefined || from === at) continue
    out += text.slice(copied, from) + replacement
    copied = at + 1 + host.length
  }
  return out + text.slice(copied)
}
