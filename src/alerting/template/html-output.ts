import { escapeHtml, escapeScript } from './escape.ts'
import { printedText } from './format-value.ts'
import type { TemplateOutput } from './interpreter.ts'
import type { Value } from './value.ts'

/**
 * Where the next value would stand. Values never change it, as they are escaped for it.
 * `raw`: inside of script, style, title or textarea.
 */
type Place = 'text' | 'tag-name' | 'tag' | 'attribute' | 'equals' | 'value' | 'comment' | 'raw'
type AttributeKind = 'plain' | 'url' | 'script' | 'style'

/** What html/template writes for a value that must not stand where it is. */
const REFUSED = 'ZgotmplZ'
/** What is known of a value. */
interface Given {
  readonly trusted: boolean
  readonly isText: boolean
  readonly done: 'html' | 'query' | undefined
}

const URL_ATTRIBUTES = new Set(
  'action archive background cite classid codebase data formaction href icon longdesc manifest poster profile src usemap xmlns'.split(
    ' ',
  ),
)
const RAW_ELEMENTS = new Set(['script', 'style', 'textarea', 'title'])
const SPACE = /\s/

/**
 * A page in the manner of Go's html/template: a value in text, in an attribute, in a URL, a script or a style is
 * escaped for that place. Inside of scripts only strings are told from what is around them, not patterns, comments or
 * template literals; inside of styles only plain words, numbers and colours are let through.
 */
export class HtmlOutput implements TemplateOutput {
  #text = ''
  #place: Place = 'text'
  #element = ''
  #closing = false
  #name = ''
  /** Around the attribute's value; '': none. */
  #quote = ''
  /** What of the attribute's value is there. */
  #value = ''
  /** The quote of a script's string that is open. */
  #string = ''
  #escaped = false

  get length(): number {
    return this.#text.length
  }

  toString(): string {
    return this.#text
  }

  literal(text: string): void {
    let at = 0
    while (at < text.length) at += this.#take(text, at)
  }

  value(value: Value): void {
    const shown = printedText(value)
    const trusted = value.type === 'string' && value.html
    const done = value.type === 'string' ? value.escaped : undefined
    const isText = value.type === 'string'
    switch (this.#place) {
      case 'text':
        this.#text += trusted || done === 'html' ? shown : escaped(shown)
        return
      case 'raw':
        if (this.#element === 'script') this.#text += this.#inScript(shown, isText)
        else this.#text += this.#element === 'style' ? inStyle(shown) : escaped(shown)
        return
      case 'comment':
        return
      case 'tag-name':
      case 'tag':
      case 'attribute':
        this.#text += /^[a-z\d-]+$/i.test(shown) && !isDangerous(shown) ? shown : REFUSED
        return
      case 'equals':
        // The value stands without quotes.
        this.#place = 'value'
        this.#quote = ''
        this.#value = ''
        this.#text += this.#inAttribute(shown, { trusted, isText, done })
        return
      case 'value':
        this.#text += this.#inAttribute(shown, { trusted, isText, done })
    }
  }

  /** Takes what begins at `at`, and says how much it was. */
  #take(text: string, at: number): number {
    const char = text.charAt(at)
    switch (this.#place) {
      case 'text':
        return this.#takeText(text, at)
      case 'raw':
        return this.#takeRaw(text, at)
      case 'comment': {
        const end = text.indexOf('-->', at)
        if (end < 0) return text.length - at
        this.#place = 'text'
        return end + 3 - at
      }
      case 'tag-name':
        if (/[\w:-]/.test(char)) this.#element += char.toLowerCase()
        else {
          this.#place = 'tag'
          return 0
        }
        break
      case 'tag':
        if (char === '>') this.#endTag()
        else if (!SPACE.test(char) && char !== '/') {
          this.#place = 'attribute'
          this.#name = char.toLowerCase()
        }
        break
      case 'attribute':
        if (char === '=') this.#place = 'equals'
        else if (char === '>' || SPACE.test(char) || char === '/') {
          // A value may come after a space.
          const equals = /^\s*=/.exec(text.slice(at))
          if (equals !== null) {
            this.#text += equals[0]
            this.#place = 'equals'
            return equals[0].length
          }
          this.#place = 'tag'
          return 0
        } else this.#name += char.toLowerCase()
        break
      case 'equals':
        if (char === '>') {
          this.#place = 'tag'
          return 0
        }
        if (SPACE.test(char)) break
        this.#place = 'value'
        this.#value = ''
        this.#string = ''
        this.#quote = char === '"' || char === "'" ? char : ''
        if (this.#quote === '') return 0
        break
      case 'value':
        if (this.#quote === '' ? char === '>' || SPACE.test(char) : char === this.#quote) {
          this.#place = 'tag'
          if (this.#quote === '') return 0
        } else {
          this.#value += char
          this.#follow(char)
        }
    }
    this.#text += char
    return 1
  }

  #takeText(text: string, at: number): number {
    if (text.startsWith('<!--', at)) {
      this.#place = 'comment'
      return 4
    }
    const tag = /^<(\/?)(?=[a-z])/i.exec(text.slice(at, at + 3))
    if (tag !== null) {
      this.#place = 'tag-name'
      this.#closing = tag[1] === '/'
      this.#element = ''
      this.#text += tag[0]
      return tag[0].length
    }
    const char = text.charAt(at)
    this.#text += char === '<' && !/^<[!?]/.test(text.slice(at, at + 2)) ? '&lt;' : char
    return 1
  }

  #takeRaw(text: string, at: number): number {
    const end = `</${this.#element}`
    if (text.slice(at, at + end.length).toLowerCase() === end) {
      this.#place = 'tag-name'
      this.#closing = true
      this.#element = ''
      this.#text += '</'
      return 2
    }
    const char = text.charAt(at)
    this.#follow(char)
    this.#text += char
    return 1
  }

  #endTag(): void {
    this.#place = !this.#closing && RAW_ELEMENTS.has(this.#element) ? 'raw' : 'text'
    this.#string = ''
    this.#escaped = false
  }

  /** Whether a script's string is open. */
  #follow(char: string): void {
    if (this.#string === '') {
      if (char === '"' || char === "'" || char === '`') this.#string = char
    } else if (this.#escaped) this.#escaped = false
    else if (char === '\\') this.#escaped = true
    else if (char === this.#string) this.#string = ''
  }

  #inScript(shown: string, isText: boolean): string {
    if (this.#string !== '') return escapeScript(shown).replaceAll('`', '\\u0060').replaceAll('/', '\\/')
    return isText ? scriptLiteral(shown) : ` ${scriptLiteral(shown).replaceAll(/^"|"$/g, '')} `
  }

  #inAttribute(shown: string, given: Given): string {
    if (given.done === 'html' && this.#quote !== '') return shown
    const own = this.#escapedFor(shown, given)
    if (this.#quote !== '') return escaped(own)
    return own === '' ? REFUSED : escaped(own).replaceAll(/[\s=`]/g, (char) => `&#${char.charCodeAt(0)};`)
  }

  #escapedFor(shown: string, { trusted, isText, done }: Given): string {
    switch (kindOf(this.#name)) {
      case 'plain':
        return trusted ? shown.replaceAll(/<[^>]*>/g, '') : shown
      case 'script':
        return this.#inScript(shown, isText)
      case 'style':
        return inStyle(shown)
      case 'url':
        if (done === 'query') return shown
        if (/[?#]/.test(this.#value)) return encoded(shown, /[\w.~-]/)
        if (this.#value === '' && !trusted && !isSafeUrl(shown)) return `#${REFUSED}`
        return encoded(shown, /[\w.~!#$&*+,/:;=?@[\]-]/)
    }
  }
}

function kindOf(attribute: string): AttributeKind {
  const name = attribute.replace(/^data-/, '').replace(/^.*:/, '')
  if (name.startsWith('on')) return 'script'
  if (name === 'style') return 'style'
  return URL_ATTRIBUTES.has(name) || /src|uri|url/.test(name) ? 'url' : 'plain'
}

function isDangerous(name: string): boolean {
  return kindOf(name.toLowerCase()) !== 'plain'
}

function escaped(text: string): string {
  return escapeHtml(text).replaceAll('+', '&#43;')
}

function isSafeUrl(url: string): boolean {
  const scheme = /^([^/?#:]*):/.exec(url)?.[1]
  return scheme === undefined || /^(?:https?|mailto)$/i.test(scheme)
}

/** Percent escapes that are there stay. */
function encoded(text: string, plain: RegExp): string {
  const keepsEscapes = plain.test('/')
  return text.toWellFormed().replaceAll(/%[\da-f]{2}|[\s\S]/giu, (piece) => {
    if (piece.length === 3 && piece.startsWith('%')) return keepsEscapes ? piece : `%25${piece.slice(1)}`
    return plain.test(piece) && piece.length === 1 ? piece : percent(piece)
  })
}

function percent(char: string): string {
  return Array.from(new TextEncoder().encode(char), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

function inStyle(shown: string): string {
  return /^[\w\s#%.,-]*$/.test(shown) ? shown : REFUSED
}

function scriptLiteral(shown: string): string {
  return JSON.stringify(shown).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
