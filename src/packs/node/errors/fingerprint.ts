const FRAMES = 3
/** `    at async Wallet.pay [as run] (file:///app/src/wallet.ts:10:5)`, or the place alone. */
const FRAME = /^ {4}at (?:async )?(?:(.+?) (?:\[as [^\]]*\] )?\()?(?:file:\/\/)?(.+?)(?::\d+){0,2}\)?$/
const LIBRARY = /[/\\]node_modules[/\\]|^node:|^internal\/|^native$|^<anonymous>$|^index \d+$|^eval at /

const QUOTED = /"[^"]*"|`[^`]*`|(?<!\w)'[^']*'(?!\w)/g
const WORD = /[\w+-]+/g
const RUN = /#(?:[\s,.:;/|-]*#)+/g

/** What is the same in a message however often it is said: without numbers, ids and what is quoted. */
export function normalMessage(message: string): string {
  return (
    message
      .replaceAll(QUOTED, '""')
      // A word with a digit in it is a number, an id, a hash, the part of a UUID or an address.
      .replaceAll(WORD, (word) => (/\d/.test(word) ? '#' : word))
      .replaceAll(RUN, '#')
      .replaceAll(/\s+/g, ' ')
      .trim()
  )
}

/** The nearest frames of the application, as `function file`: without places in the file, and without where it is installed. */
export function applicationFrames(frames: string): readonly string[] {
  const own: string[] = []
  for (const line of frames.split('\n')) {
    const [, name = '', place = ''] = FRAME.exec(line) ?? []
    if (place === '' || LIBRARY.test(place)) continue
    const file = place
      .replace(/[?#].*$/, '')
      .split(/[/\\]/)
      .slice(-2)
      .join('/')
    own.push(`${name} ${file}`)
    if (own.length === FRAMES) break
  }
  return own
}

/** The same for the same parts in every process: 16 hexadecimal digits. */
export function fingerprintOf(parts: readonly string[]): string {
  // Loaded for the first error: node:crypto takes 1 MB.
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}
