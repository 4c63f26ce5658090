import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dashboard, Listing } from '../../packs/index.ts'
import type { Scope } from '../admin/access/scope.ts'
import { visitorOf } from '../admin/access/visitor.ts'
import type { PathHandler } from '../api/api.ts'
import { notAllowed, sendJson } from '../json-answer.ts'
import { Assets } from './assets.ts'
import { answerListing } from './listings.ts'
import { LiveFeed, type LiveFeedOptions } from './live-feed.ts'
import type { SnapshotApi } from './snapshot/snapshot-api.ts'
import type { SnapshotSources } from './snapshot/sources.ts'
import { Streams } from './streams.ts'

/** What the page needs to know before it draws anything. */
export interface ConsoleFacts extends ServiceFacts {
  readonly visitor: {
    /** Undefined where nobody is asked who it is. */
    readonly name: string | undefined
    readonly scopes: readonly Scope[]
    /** Whether there is something to log out of. */
    readonly bySession: boolean
  }
  /** Of the page's files: another one after an update. */
  readonly page: string
}

/** Of them, what is the same for all. */
export interface ServiceFacts {
  readonly service: string
  readonly version: string | undefined
  readonly environment: string | undefined
  readonly boxmanVersion: string
  readonly node: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly scrapeIntervalMs: number
  /** Of the names of the packs' metrics, where there are any. */
  readonly prefix?: string
  /** What there is to show: pages without a source are left out. */
  readonly parts: {
    readonly store: boolean
    readonly traces: boolean
    readonly logs: boolean
    readonly alerting: boolean
    readonly diagnostics: boolean
  }
}

export interface ConsoleOptions extends LiveFeedOptions {
  readonly facts: () => ServiceFacts
  readonly dashboards: () => Promise<readonly Dashboard[]>
  /** Of the packs. */
  readonly listings?: () => readonly Listing[]
  /** What a snapshot has besides. */
  readonly snapshot: Omit<SnapshotSources, 'facts' | 'dashboards' | 'query'>
}

const LISTINGS = '/api/console/listings/'

/** What the page asks that no other endpoint answers. */
export class Console {
  readonly #options: ConsoleOptions
  readonly #feed: LiveFeed
  readonly #streams: Streams
  readonly #page = new Assets().version
  #snapshots: Promise<SnapshotApi> | undefined

  constructor(options: ConsoleOptions) {
    this.#options = options
    this.#feed = new LiveFeed(options)
    this.#streams = new Streams(this.#feed)
  }

  readonly handle: PathHandler = async (request, response, path) => {
    if (await this.#streams.answer(request, response, path)) return true
    if (path.startsWith(LISTINGS)) {
      answerListing(request, response, this.#options.listings?.() ?? [], path.slice(LISTINGS.length))
      return true
    }
    switch (path) {
      case '/api/console/facts':
        return answer(request, response, this.#facts(request))
      case '/api/console/dashboards':
        return answer(request, response, await this.#options.dashboards())
      case '/api/console/snapshot':
        this.#snapshots ??= this.#loadSnapshots()
        await (await this.#snapshots).answer(request, response)
        return true
      default:
        return false
    }
  }

  /** With the first of them: few pages ever ask for one. */
  async #loadSnapshots(): Promise<SnapshotApi> {
    const { SnapshotApi } = await import('./snapshot/snapshot-api.ts')
    const { snapshot, facts, dashboards, query, now } = this.#options
    return new SnapshotApi({ sources: { ...snapshot, facts, dashboards, query }, now })
  }

  #facts(request: IncomingMessage): ConsoleFacts {
    const { name, scopes, bySession = false } = visitorOf(request)
    return { ...this.#options.facts(), visitor: { name, scopes: [...scopes], bySession }, page: this.#page }
  }

  get watchers(): number {
    return this.#streams.size
  }

  get stats(): LiveFeed['stats'] & Streams['stats'] {
    return { ...this.#feed.stats, ...this.#streams.stats }
  }

  /** @param at ms since the epoch */
  async step(at: number): Promise<void> {
    if (this.#streams.size === 0) return
    await this.#feed.step(at)
    this.#streams.step(at)
  }

  end(): void {
    this.#streams.end()
  }
}

function answer(request: IncomingMessage, response: ServerResponse, body: unknown): true {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  sendJson(request, response, isRead ? { status: 200, body } : notAllowed(request, 'GET, HEAD'))
  return true
}
