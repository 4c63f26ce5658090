interface HostPort {
  readonly host: string
  readonly port: string
}

/** Go's net.SplitHostPort; undefined where it fails. */
function splitHostPort(text: string): HostPort | undefined {
  const bracketed = /^\[([^[\]]*)\]:([^:[\]]*)$/.exec(text)
  const match = bracketed ?? /^([^:[\]]*):([^:[\]]*)$/.exec(text)
  return match === null ? undefined : { host: match[1] ?? '', port: match[2] ?? '' }
}

export function stripPort(text: string): string {
  return splitHostPort(text)?.host ?? text
}

/** A host's first name, its port kept; an address stays as it is. */
export function stripDomain(text: string): string {
  const { host, port } = splitHostPort(text) ?? { host: text, port: '' }
  if (isAddress(host)) return text
  const [name = ''] = host.split('.')
  if (port === '') return name
  return `${name.includes(':') ? `[${name}]` : name}:${port}`
}

function isAddress(host: string): boolean {
  const four = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/
  if (four.test(host)) return host.split('.').every((part) => Number(part) <= 255)
  return host.includes(':') && isIpv6(host)
}

function isIpv6(host: string): boolean {
  const halves = host.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1) ?? ''
  const wide = last.includes('.') && isAddress(last) ? 1 : 0
  const plain = wide === 1 ? groups.slice(0, -1) : groups
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false
  const count = groups.length + wide
  return halves.length === 2 ? count <= 7 : count === 8
}
