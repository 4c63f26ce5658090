import type { JSX } from 'preact'
import { place } from '../../state/place.ts'
import { ErrorGroupPage } from './error-group.tsx'
import { ErrorList } from './error-list.tsx'
import './errors.css'

/** Errors in groups, or the one that the address names. */
export default function Errors(): JSX.Element {
  const [fingerprint] = place.value.rest
  return fingerprint === undefined ? <ErrorList /> : <ErrorGroupPage key={fingerprint} fingerprint={fingerprint} />
}
