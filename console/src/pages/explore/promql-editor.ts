import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, forceLinting, linter } from '@codemirror/lint'
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder, tooltips } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { newCompleteStrategy, PromQLExtension } from '@prometheus-io/codemirror-promql'
import { BASE } from '../../data/ask.ts'
import { lintText } from './lint-text.ts'
import type { Remark } from './place-in-text.ts'

export interface EditorOptions {
  /** What it is to who cannot see it. */
  readonly label: string
  readonly hint: string
  readonly text: string
  readonly isDark: boolean
  readonly onInput: (text: string) => void
  readonly onRun: () => void
  readonly onFocus: () => void
}

const LINT_DELAY_MS = 300
const COMPLETIONS = 200

/** A field for PromQL that completes names and underlines what is wrong, within a root of its own: its styles are no part of the page's. */
export class PromqlEditor {
  readonly #view: EditorView
  readonly #theme = new Compartment()
  #remarks: readonly Remark[] = []

  /** @param host an element that nothing else draws into */
  constructor(host: HTMLElement, options: EditorOptions) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
    this.#view = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: options.text,
        extensions: [this.#theme.of(themeOf(options.isDark)), this.#extensions(options)],
      }),
    })
  }

  get text(): string {
    return this.#view.state.doc.toString()
  }

  set(text: string): void {
    const { doc } = this.#view.state
    if (doc.toString() === text) return
    this.#view.dispatch({ changes: { from: 0, to: doc.length, insert: text }, selection: { anchor: text.length } })
  }

  /** In place of what is selected. */
  insert(text: string): void {
    this.#view.dispatch(this.#view.state.replaceSelection(text))
    this.#view.focus()
  }

  focus(): void {
    this.#view.focus()
  }

  setDark(isDark: boolean): void {
    this.#view.dispatch({ effects: this.#theme.reconfigure(themeOf(isDark)) })
  }

  /** What the server had to say of the text as it is; it stays until the text changes. */
  remark(remarks: readonly Remark[]): void {
    this.#remarks = remarks
    forceLinting(this.#view)
  }

  close(): void {
    this.#view.destroy()
  }

  #extensions({ label, hint, onInput, onRun, onFocus }: EditorOptions): Extension {
    const run = (): boolean => {
      onRun()
      return true
    }
    return [
      Prec.highest(
        keymap.of([
          { key: 'Shift-Enter', run },
          { key: 'Mod-Enter', run },
        ]),
      ),
      history(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ icons: false, maxRenderedOptions: COMPLETIONS }),
      // Tab is left alone: it moves on, as everywhere on the page.
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
      placeholder(hint),
      tooltips({ position: 'fixed' }),
      syntaxHighlighting(COLOURS),
      promql(),
      linter(({ state }) => this.#diagnostics(state.doc.toString()), {
        delay: LINT_DELAY_MS,
        needsRefresh: () => true,
      }),
      EditorView.updateListener.of(({ docChanged, focusChanged, view }) => {
        if (docChanged) {
          this.#remarks = []
          onInput(view.state.doc.toString())
        }
        if (focusChanged && view.hasFocus) onFocus()
      }),
    ]
  }

  #diagnostics(text: string): readonly Diagnostic[] {
    const own = lintText(text)
    return [...own, ...(own.length > 0 ? [] : this.#remarks)].map(({ from, to, severity, message }) => ({
      from: Math.min(from, text.length),
      to: Math.min(to, text.length),
      severity,
      message,
    }))
  }
}

/** The language with completion from our API; what is wrong is told by our own parser. */
function promql(): Extension {
  const remote = { url: BASE.replace(/\/$/, ''), httpMethod: 'GET' as const, httpErrorHandler: () => undefined }
  return new PromQLExtension()
    .activateLinter(false)
    .setComplete({ completeStrategy: newCompleteStrategy({ remote }) })
    .asExtension()
}

const COLOURS = HighlightStyle.define([
  { tag: tags.number, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--good)' },
  { tag: tags.keyword, color: 'var(--info)' },
  { tag: tags.function(tags.variableName), color: 'var(--info)' },
  { tag: tags.labelName, color: 'var(--warning)' },
  { tag: [tags.modifier, tags.operatorKeyword], color: 'var(--info)' },
  { tag: [tags.operator, tags.punctuation], color: 'var(--muted)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'inherit' },
])

function themeOf(isDark: boolean): Extension {
  const popup = {
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow-high)',
    overflow: 'hidden',
  }
  return EditorView.theme(
    {
      '&': { color: 'var(--text)', backgroundColor: 'transparent', fontSize: '14px' },
      '&.cm-focused': { outline: 'none' },
      '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', maxHeight: '200px', overflow: 'auto' },
      '.cm-content': { padding: '6px 0', minHeight: '33px', caretColor: 'var(--text)' },
      '.cm-line': { padding: '0 10px' },
      '.cm-placeholder': { color: 'var(--muted)' },
      '.cm-cursor': { borderLeftColor: 'var(--text)' },
      '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection': {
        backgroundColor: 'color-mix(in srgb, var(--accent) 30%, transparent) !important',
      },
      '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--accent)' },
      '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--critical-soft)' },
      '.cm-lintRange': { backgroundImage: 'none', textDecoration: 'underline wavy 1.5px', textUnderlineOffset: '4px' },
      '.cm-lintRange-error': { backgroundImage: 'none', textDecorationColor: 'var(--critical)' },
      '.cm-lintRange-warning': { backgroundImage: 'none', textDecorationColor: 'var(--warning)' },
      '.cm-lintRange-info': { backgroundImage: 'none', textDecorationColor: 'var(--info)' },
      '.cm-tooltip': popup,
      '.cm-diagnostic': { fontFamily: 'var(--font)', padding: '6px 10px', maxWidth: '60ch' },
      '.cm-diagnostic-error': { borderLeft: '4px solid var(--critical)' },
      '.cm-diagnostic-warning': { borderLeft: '4px solid var(--warning)' },
      '.cm-diagnostic-info': { borderLeft: '4px solid var(--info)' },
      '.cm-tooltip.cm-tooltip-autocomplete > ul': {
        fontFamily: 'var(--mono)',
        maxHeight: '260px',
        maxWidth: 'min(560px, 90vw)',
      },
      '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 10px', lineHeight: '1.4' },
      '.cm-tooltip-autocomplete ul li[aria-selected]': {
        backgroundColor: 'var(--accent-soft)',
        color: 'var(--text)',
      },
      '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--accent)' },
      '.cm-completionDetail': { fontStyle: 'normal', color: 'var(--muted)', marginLeft: '1.2em' },
      '.cm-completionInfo': { ...popup, fontFamily: 'var(--font)', padding: '8px 10px', maxWidth: '360px' },
    },
    { dark: isDark },
  )
}
