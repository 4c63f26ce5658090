import type { JSX } from 'preact'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { addressOf } from '../../state/place.ts'
import { lineJson, type LogLine } from './line.ts'

interface LineFieldsProps {
  readonly line: LogLine
  readonly onField: (path: string, value: string) => void
  readonly onModule: (module: string) => void
}

/** All that a line holds. */
export function LineFields({ line, onField, onModule }: LineFieldsProps): JSX.Element {
  const { time, module, trace, fields } = line
  return (
    <div class="line-fields">
      <p class="line-actions">
        <span class="muted">{time}</span>
        <CopyButton text={() => lineJson(line)}>Copy as JSON</CopyButton>
        {trace !== undefined && (
          <a class="button" href={addressOf(`traces/${trace}`, { back: window.location.hash })}>
            Trace
          </a>
        )}
        {module !== undefined && (
          <button type="button" onClick={() => onModule(module)}>
            Only {module}
          </button>
        )}
      </p>
      <ul class="field-tree">
        {Object.entries(fields).map(([name, value]) => (
          <Field key={name} name={name} path={name} value={value} onField={onField} depth={0} />
        ))}
      </ul>
    </div>
  )
}

interface FieldProps {
  readonly name: string
  readonly path: string
  readonly value: unknown
  readonly depth: number
  readonly onField: LineFieldsProps['onField']
}

const MOST_DEPTH = 8

function Field({ name, path, value, depth, onField }: FieldProps): JSX.Element {
  if (typeof value === 'object' && value !== null && depth < MOST_DEPTH) {
    const entries = Object.entries(value)
    return (
      <li>
        <details open={depth < 1}>
          <summary>
            <span class="field-name">{name}</span>{' '}
            <span class="muted">{Array.isArray(value) ? `${entries.length} items` : `${entries.length} fields`}</span>
          </summary>
          <ul>
            {entries.map(([each, inner]) => (
              <Field
                key={each}
                name={each}
                path={`${path}.${each}`}
                value={inner}
                onField={onField}
                depth={depth + 1}
              />
            ))}
          </ul>
        </details>
      </li>
    )
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return (
    <li class="field-leaf">
      <span class="field-name">{name}</span> <code class="field-value">{text}</code>
      {text.length <= 200 && !text.includes('\n') && (
        <button
          type="button"
          class="icon-button"
          aria-label={`Only lines with ${path}=${text}`}
          title="Only lines with this value"
          onClick={() => onField(path, text)}
        >
          <Icon name="search" size={14} />
        </button>
      )}
    </li>
  )
}
