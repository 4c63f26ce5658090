/** Somebody who is let in, and how they show who they are. */
export interface Principal {
  readonly name: string
  readonly by: string
  readonly scopes: readonly string[]
}

export interface AccessWords {
  readonly principals: readonly Principal[]
  /** In sentences, what holds besides. */
  readonly rules: readonly string[]
}

export const SCOPES: Readonly<Record<string, string>> = {
  metrics: 'scrape /metrics and /federate',
  read: 'read everything else: queries, traces, logs, this page',
  ingest: 'send metrics and alerts',
  operate: 'change things: silences, levels, configuration',
}
const ALL = Object.keys(SCOPES)

/** Who may do what, by `admin` of the configuration. */
export function accessWords(admin: Readonly<Record<string, unknown>>): AccessWords {
  const { host, token, tokens, basic, tls, allow, guardProbes, insecure, hosts, origins } = admin
  const certificates = objectsIn(isObject(tls) ? tls['allow'] : undefined)
  const principals: readonly Principal[] = [
    ...(token === undefined ? [] : [{ name: 'who has admin.token', by: 'token', scopes: ALL }]),
    ...objectsIn(tokens).map((each) => ({
      name: typeof each['name'] === 'string' ? each['name'] : 'a token without a name',
      by: 'token',
      scopes: textsIn(each['scopes']),
    })),
    ...objectsIn(basic).map((each) => ({
      name: String(each['user']),
      by: 'password',
      scopes: textsIn(each['scopes']),
    })),
    ...certificates.map((each) => ({
      name: String(each['subject']),
      by: 'certificate',
      scopes: textsIn(each['scopes']),
    })),
    ...(isObject(tls) && tls['ca'] !== undefined && certificates.length === 0
      ? [{ name: 'every certificate of the authority', by: 'certificate', scopes: ALL }]
      : []),
  ]
  const addresses = textsIn(allow)
  return {
    principals,
    rules: [
      principals.length > 0
        ? 'Nobody else gets in, but for what probes ask.'
        : addresses.length > 0
          ? `Nobody is asked who it is: everybody who comes from ${addresses.join(', ')} may do everything.`
          : `Nobody is asked who it is: everybody who gets to ${String(host)} may do everything.`,
      ...(principals.length > 0 && addresses.length > 0
        ? [`Connections are taken from ${addresses.join(', ')} alone.`]
        : []),
      ...(insecure === true ? ['admin.insecure says that this is meant so.'] : []),
      guardProbes === true
        ? 'Probes are asked who they are too.'
        : 'Probes answer everybody, without saying why a check fails.',
      isObject(tls) ? 'Connections are encrypted.' : 'Connections are not encrypted.',
      ...(textsIn(hosts).length > 0 ? [`It is known by the names ${textsIn(hosts).join(', ')}.`] : []),
      ...(textsIn(origins).length > 0 ? [`Pages of ${textsIn(origins).join(', ')} may read.`] : []),
    ],
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function objectsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
