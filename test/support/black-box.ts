import type { IncomingMessage, ServerResponse } from 'node:http'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AlertingSpec, alertmanagerConfig, matcher } from './alerting-config.ts'
import { describeAlert, type Input, type ScenarioAlert } from './alerting-scenarios.ts'
import { root } from './peer.ts'
import { serve } from './serve.ts'
import { freePort, ServerProcess } from './server-process.ts'

// Two servers that are to tell the same: each a process of its own, that only HTTP and signals reach.

/** Or what a real Alertmanager can be told besides. Times are seconds since the beginning. */
export type Step =
  | Input
  | ({ readonly at: number } & (
      | { readonly config: Config }
      | { readonly restart: NodeJS.Signals }
      /** As it is answered: of a version that knows more, without that. */
      | { readonly ask: string }
      | { readonly send: string; readonly path?: string; readonly method?: string }
      /** Changes the nth silence; `from` and `to` as in `silence`. */
      | { readonly change: number; readonly silence: readonly string[]; readonly from: number; readonly to: number }
    ))

/** `hooks` is where receivers listen, each at its name; `$FOLDER` is where the file is. */
export type Config = AlertingSpec | ((hooks: string) => string)

/** What a receiver does; `drop`: 200, but it counts as not seen. */
export type Reply = number | 'silence' | 'reset' | 'drop' | { readonly status: number; readonly after: number }

export interface Play {
  readonly config: Config
  /** `$HOOKS` is where receivers listen. */
  readonly files?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
  readonly reply?: (receiver: string, nth: number, at: number, nthOfGroup: number) => Reply
  readonly until: number
}

/** A message that was taken. */
export interface Told {
  readonly at: number
  readonly receiver: string
  /** As a scenario writes them. */
  readonly alerts: string
  /** All else that it said. */
  readonly more: string
}

export interface Played {
  readonly told: readonly Told[]
  /** What questions were answered. */
  readonly answers: readonly string[]
}

type Labels = Readonly<Record<string, string>>

interface Body {
  readonly receiver: string
  readonly status: string
  readonly groupKey: string
  readonly groupLabels: Labels
  readonly commonLabels: Labels
  readonly commonAnnotations: Labels
  readonly truncatedAlerts: number
  readonly version: string
  readonly alerts: readonly {
    readonly labels: Labels
    readonly annotations: Labels
    readonly status: string
    readonly startsAt: string
    readonly endsAt: string
    readonly generatorURL: string
    readonly fingerprint: string
  }[]
}

export interface Contender {
  readonly command: string
  readonly args: (folder: string, port: number) => readonly string[]
  readonly ready: RegExp
}

export const BOXMAN: Contender = {
  command: process.execPath,
  args: (folder, port) => [
    path.join(root, 'dist/cli/main.js'),
    'serve',
    '--listen',
    `127.0.0.1:${port}`,
    '--data',
    `${folder}/data`,
    '--alertmanager-config',
    `${folder}/alertmanager.yml`,
  ],
  ready: /"msg":"Boxman serves"/,
}

export function alertmanagerOf(binary: string): Contender {
  return {
    command: binary,
    args: (folder, port) => [
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    ready: /msg="Listening on"/,
  }
}

/** So many at once: what waits for the clock must not wait for a processor. */
const AT_ONCE = 8
let free = AT_ONCE
const waiting: (() => void)[] = []

/** What each of them tells and answers, in the same real time; when others are over, if too many play. */
export async function playAll(play: Play, contenders: readonly Contender[]): Promise<Played[]> {
  if (free > 0) free--
  else await new Promise<void>((resolve) => waiting.push(resolve))
  try {
    return await playNow(play, contenders)
  } finally {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }
}

async function playNow(play: Play, contenders: readonly Contender[]): Promise<Played[]> {
  const sides: Side[] = []
  try {
    const starts = await Promise.allSettled(contenders.map((contender) => startOf(play, contender)))
    for (const start of starts) if (start.status === 'fulfilled') sides.push(start.value)
    const fault = starts.find((start) => start.status === 'rejected')
    if (fault !== undefined) throw fault.reason
    // The first question costs a server more than others do.
    await Promise.all(sides.map((side) => side.warm()))
    const base = Date.now()
    for (const side of sides) side.base = base
    for (const step of play.steps) {
      await sleep(Math.max(0, base + step.at * 1000 - Date.now()))
      await Promise.all(sides.map((side) => side.take(step)))
    }
    await sleep(Math.max(0, base + play.until * 1000 - Date.now()))
  } finally {
    await Promise.all(sides.map((side) => side.stop()))
  }
  return sides.map(({ told, answers }) => ({ told, answers }))
}

/** Somebody else may have taken the port that was free: then another. */
async function startOf(play: Play, contender: Contender): Promise<Side> {
  try {
    return await Side.start(play, contender)
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('already in use'))) throw error
    return Side.start(play, contender)
  }
}

class Side {
  base = Date.now()
  readonly told: Told[] = []
  readonly answers: string[] = []
  readonly #play: Play
  readonly #contender: Contender
  readonly #folder: string
  readonly #port: number
  readonly #counts = new Map<string, number>()
  readonly #silences: string[] = []
  #hooks = ''
  #close: () => void = () => undefined
  #process: ServerProcess | undefined

  private constructor(play: Play, contender: Contender, folder: string, port: number) {
    this.#play = play
    this.#contender = contender
    this.#folder = folder
    this.#port = port
  }

  static async start(play: Play, contender: Contender): Promise<Side> {
    const folder = await mkdtemp(path.join(tmpdir(), 'boxman-black-box-'))
    const side = new Side(play, contender, folder, await freePort())
    const { url, close } = await serve((request, response) => void side.#hear(request, response))
    side.#hooks = url.origin
    side.#close = close
    try {
      await mkdir(path.join(folder, 'data'))
      for (const [name, content] of Object.entries(play.files ?? {}))
        await writeFile(path.join(folder, name), content.replaceAll('$HOOKS', side.#hooks))
      await side.#configure(play.config)
      await side.#start()
    } catch (error) {
      await side.stop()
      throw error
    }
    return side
  }

  async warm(): Promise<void> {
    await this.#ask('GET', '/api/v2/alerts')
    await this.#ask('POST', '/api/v2/alerts', '[]')
  }

  async take(step: Step): Promise<void> {
    if ('ask' in step) this.answers.push(`${step.ask}: ${await this.#ask('GET', step.ask)}`)
    else if ('send' in step) {
      const { send, path: where = '/api/v2/alerts', method = 'POST' } = step
      const answer = await this.#ask(method, where, send === '' ? undefined : this.#known(send))
      this.answers.push(`${method} ${where}: ${answer.slice(0, 3)}`)
    } else if ('post' in step) await this.#ask('POST', '/api/v2/alerts', JSON.stringify(step.post.map(this.#alert)))
    else if ('silence' in step) await this.#silence(step)
    else if ('expire' in step) await this.#ask('DELETE', `/api/v2/silence/${this.#silences[step.expire]}`)
    else if ('restart' in step) {
      await this.#process?.stop(step.restart === true ? 'SIGTERM' : step.restart)
      await this.#start()
    } else {
      if ('config' in step) await this.#configure(step.config)
      this.#process?.child.kill('SIGHUP')
    }
  }

  async stop(): Promise<void> {
    await this.#process?.stop()
    this.#close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #start(): Promise<void> {
    const { command, args, ready } = this.#contender
    this.#process = new ServerProcess(command, args(this.#folder, this.#port))
    await this.#process.printed(ready, 30_000)
  }

  async #configure(config: Config): Promise<void> {
    const content =
      typeof config === 'function'
        ? config(this.#hooks).replaceAll('$FOLDER', this.#folder)
        : JSON.stringify(alertmanagerConfig(config, this.#hooks))
    await writeFile(path.join(this.#folder, 'alertmanager.yml'), content)
  }

  readonly #alert = ({ labels, note, start, end }: ScenarioAlert): object => ({
    labels,
    annotations: note === undefined ? {} : { ann: note },
    ...(start === undefined ? {} : { startsAt: this.#iso(start) }),
    ...(end === undefined ? {} : { endsAt: this.#iso(end) }),
  })

  async #silence(step: Extract<Step, { readonly silence: readonly string[] }>): Promise<void> {
    const matchers = step.silence.map(matcher).map(({ name, operator, value }) => ({
      name,
      value,
      isRegex: operator.endsWith('~'),
      isEqual: operator.startsWith('='),
    }))
    const times = { startsAt: this.#iso(step.from), endsAt: this.#iso(step.to) }
    const id = 'change' in step ? { id: this.#silences[step.change] } : {}
    const body = JSON.stringify({ ...id, matchers, ...times, createdBy: 'ann', comment: 'upgrade' })
    const response = await fetch(`${this.#url}/api/v2/silences`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    const answer = await response.text()
    if (response.status === 200) this.#silences.push((JSON.parse(answer) as { silenceID: string }).silenceID)
    else this.answers.push(`silence: ${response.status}`)
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  #iso(at: number): string {
    return new Date(this.base + at * 1000).toISOString()
  }

  /** `$@3.5` is a time, `$0` a silence. */
  #known(given: string): string {
    return given
      .replaceAll(/\$@(-?[\d.]+)/g, (_, at: string) => this.#iso(Number(at)))
      .replaceAll(/\$(\d)/g, (_, n: string) => this.#silences[Number(n)] ?? 'none')
  }

  async #ask(method: string, where: string, body?: string): Promise<string> {
    const response = await fetch(this.#url + this.#known(where), {
      method,
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    })
    return `${response.status} ${this.#normal(await response.text())}`
  }

  #normal(answer: string): string {
    let value: unknown
    try {
      value = JSON.parse(answer)
    } catch {
      return answer.trim()
    }
    const clean = JSON.stringify(value, (key: string, each: unknown) => {
      if (LATER.has(key)) return undefined
      if (TIMES.has(key)) return roughly(this.#seconds(String(each)))
      if (typeof each !== 'object' || each === null || Array.isArray(each)) return each
      const others = 'createdBy' in each ? 'annotations' : isReceiver(each) ? 'labels' : ''
      const entries = Object.entries(each).filter(([name]) => name !== others)
      return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
    })
    return this.#silences
      .reduce((found, id, i) => found.replaceAll(id, `$${i}`), clean)
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id')
      .replaceAll(/"silencedBy":\[(.*?)\]/g, (_, ids: string) => `"silencedBy":[${ids.split(',').sort().join(',')}]`)
  }

  #seconds(time: string): number {
    return (Date.parse(time) - this.base) / 1000
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = (Date.now() - this.base) / 1000
    const body = await text(request)
    const receiver = (request.url ?? '').slice(1)
    const [nth, nthOfGroup] = [this.#next(receiver), this.#next(`${receiver} ${groupKeyOf(body)}`)]
    const reply = this.#play.reply?.(receiver, nth, at, nthOfGroup) ?? 200
    if (reply === 'silence') return
    if (reply === 'reset') {
      request.socket.resetAndDestroy()
      return
    }
    if (typeof reply === 'object') await sleep(reply.after * 1000)
    const status = reply === 'drop' ? 200 : typeof reply === 'object' ? reply.status : reply
    const redirect = status >= 300 && status < 400 ? { location: `${this.#hooks}/redirected` } : {}
    response.writeHead(status, status === 429 ? { 'retry-after': '1' } : redirect).end()
    if (status >= 300 || reply === 'drop') return
    this.told.push({ at, receiver, ...this.#read(body, request) })
  }

  #next(key: string): number {
    const nth = this.#counts.get(key) ?? 0
    this.#counts.set(key, nth + 1)
    return nth
  }

  #read(body: string, { headers }: IncomingMessage): Pick<Told, 'alerts' | 'more'> {
    const { alerts, receiver, ...rest } = JSON.parse(body) as Body
    const { status, groupKey, groupLabels, commonLabels, commonAnnotations, truncatedAlerts, version } = rest
    const described = alerts.map(({ labels, annotations, status: state, startsAt, endsAt }) =>
      describeAlert(
        labels,
        this.#seconds(startsAt),
        state === 'firing' ? undefined : this.#seconds(endsAt),
        annotations['ann'],
      ),
    )
    const said = { receiver, status, groupKey, groupLabels, commonLabels, commonAnnotations, truncatedAlerts, version }
    const each = alerts.map(({ labels, annotations, status: state, generatorURL, fingerprint }) => ({
      state,
      labels: sorted(labels),
      annotations: sorted(annotations),
      generatorURL,
      fingerprint,
    }))
    const heads = { type: headers['content-type'], authorization: headers.authorization, own: headers['x-own'] }
    const ordered = {
      ...said,
      groupLabels: sorted(groupLabels),
      commonLabels: sorted(commonLabels),
      commonAnnotations: sorted(commonAnnotations),
    }
    return { alerts: described.join(' '), more: JSON.stringify({ ...ordered, each, ...heads }) }
  }
}

/** What later versions have besides, as the description of the API says; and what differs by milliseconds. */
const LATER = new Set(['mutedBy', 'routeLabels', 'updatedAt'])
const TIMES = new Set(['startsAt', 'endsAt'])

/** In later versions it has labels too, which are its name. */
function isReceiver(value: object): boolean {
  return 'name' in value && 'labels' in value && JSON.stringify(value.labels) === JSON.stringify({ name: value.name })
}

/** What was counted from when it came is not the same on both to the second. */
function roughly(seconds: number): number {
  return Math.abs(seconds) > 30 ? Math.round(seconds / 20) * 20 : Math.round(seconds)
}

function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function groupKeyOf(body: string): string {
  return (JSON.parse(body) as Body).groupKey
}

/** By receiver and group: which of two comes first at one time is nobody's promise. */
export function inOrder(told: readonly Told[]): Told[] {
  const of = ({ receiver, more }: Told): string => `${receiver} ${groupKeyOf(more)}`
  return told.toSorted((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0))
}
