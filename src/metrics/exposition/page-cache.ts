import type { MetricReader, RegistryReader } from '../reader.ts'
import { FamilyPage } from './family-page.ts'
import { Ledger } from './ledger.ts'
import type { Format } from './negotiate.ts'
import { ProtobufWriter } from './protobuf-writer.ts'
import { TextWriter } from './text-writer.ts'

/** What is beyond is written anew on each page. */
const MAX_BYTES = 64 * 1024 * 1024
/** A format that was not asked for on so many pages is forgotten. */
const MAX_PAGES_UNUSED = 20
/** All is forgotten when no page was asked for in this time. */
const MAX_IDLE_MS = 600_000

interface FormatPages {
  readonly families: Map<MetricReader, FamilyPage>
  lastPage: number
}

const caches = new WeakMap<RegistryReader, PageCache>()

/** What a registry's last pages looked like, so that the next ones need only the differences. */
export class PageCache {
  readonly ledger: Ledger
  readonly #constantLabels: Readonly<Record<string, string>>
  readonly #formats = new Map<string, FormatPages>()
  #pages = 0
  #idle: NodeJS.Timeout | undefined

  constructor(constantLabels: Readonly<Record<string, string>>, maxBytes: number = MAX_BYTES) {
    this.#constantLabels = constantLabels
    this.ledger = new Ledger(maxBytes)
  }

  static of(registry: RegistryReader): PageCache {
    let cache = caches.get(registry)
    if (cache === undefined) caches.set(registry, (cache = new PageCache(registry.constantLabels)))
    return cache
  }

  /** The families of a new page, which consists of these metrics. */
  families(format: Format, metrics: readonly MetricReader[]): FamilyPage[] {
    this.#pages++
    this.#watchIdleness()
    const key = `${format.contentType} ${format.createdLines}`
    const pages = this.#formats.get(key) ?? { families: new Map<MetricReader, FamilyPage>(), lastPage: 0 }
    pages.lastPage = this.#pages
    this.#formats.set(key, pages)
    this.#forgetUnused()
    const wanted = new Set(metrics)
    for (const [metric, family] of pages.families) if (!wanted.has(metric)) this.#close(pages, metric, family)
    return metrics.map((metric) => {
      let family = pages.families.get(metric)
      if (family === undefined) {
        const Writer = format.kind === 'protobuf' ? ProtobufWriter : TextWriter
        family = new FamilyPage(metric, new Writer(metric, format, this.#constantLabels), this.ledger)
        pages.families.set(metric, family)
      }
      return family
    })
  }

  clear(): void {
    for (const [key, pages] of this.#formats) this.#drop(key, pages)
  }

  #forgetUnused(): void {
    for (const [key, pages] of this.#formats) {
      if (this.#pages - pages.lastPage > MAX_PAGES_UNUSED) this.#drop(key, pages)
    }
  }

  #drop(key: string, pages: FormatPages): void {
    for (const [metric, family] of pages.families) this.#close(pages, metric, family)
    this.#formats.delete(key)
  }

  #close({ families }: FormatPages, metric: MetricReader, family: FamilyPage): void {
    family.close()
    families.delete(metric)
  }

  #watchIdleness(): void {
    if (this.#idle === undefined) {
      this.#idle = setTimeout(() => {
        this.#idle = undefined
        this.clear()
      }, MAX_IDLE_MS)
      this.#idle.unref()
    } else {
      this.#idle.refresh()
    }
  }
}
