import type { JSX } from 'preact'

/** A long name or expression that breaks between its parts, and within a word only where it must. */
export function Breakable({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {text
        .split(/(?<=[_/({,:]|\w\.(?=[a-z]))|(?=\[)/)
        .flatMap((part, i) => (i === 0 ? [part] : [<wbr key={i} />, part]))}
    </>
  )
}
