export type Method<This> = (this: This, ...args: readonly unknown[]) => unknown

/** Puts a wrapper in the place of a method. The undo leaves alone what others have wrapped around it since. */
export function patchMethod<T extends object>(
  target: T,
  name: string,
  wrap: (original: Method<T>) => Method<T>,
): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name)
  const original: Method<T> = Reflect.get<object, string>(target, name)
  const wrapped = wrap(original)
  Object.defineProperty(target, name, { value: wrapped, writable: true, configurable: true, enumerable: false })
  return () => {
    if (Reflect.get(target, name) !== wrapped) return
    if (own === undefined) Reflect.deleteProperty(target, name)
    else Object.defineProperty(target, name, own)
  }
}
