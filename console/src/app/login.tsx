import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { JSX } from 'preact'
import { reasonOf } from '../data/ask.ts'
import { type Credential, logIn, type Ways, waysIn } from '../data/session.ts'
import { linkError, load } from '../data/start.ts'
import { Failure, Loading } from '../parts/states.tsx'
import { Brand } from './brand.tsx'

type Way = keyof Ways

/** Before everything else, where credentials are asked for. */
export default function Login(): JSX.Element {
  const ways = useSignal<Ways | undefined>(undefined)
  const way = useSignal<Way>('token')
  const error = useSignal(linkError.value)
  useEffect(() => {
    document.title = 'Log in · Boxman'
    waysIn().then(
      (found) => {
        way.value = found.token ? 'token' : 'password'
        ways.value = found
      },
      (reason: unknown) => {
        error.value = reasonOf(reason)
      },
    )
  }, [])
  return (
    <main class="login" id="main" tabIndex={-1}>
      <div class="login-box">
        <p class="login-brand">
          <Brand />
        </p>
        <h1>Log in</h1>
        {error.value !== undefined && <Failure>{error.value}</Failure>}
        {ways.value === undefined && error.value === undefined && <Loading height={110} />}
        {ways.value !== undefined && (ways.value.token || ways.value.password) && (
          <LoginForm key={way.value} way={way.value} error={error} />
        )}
        {ways.value?.token === true && ways.value.password && (
          <button
            type="button"
            class="login-other"
            onClick={() => {
              way.value = way.value === 'token' ? 'password' : 'token'
              error.value = undefined
            }}
          >
            {way.value === 'token' ? 'With a name and a password' : 'With a token'}
          </button>
        )}
        {ways.value?.token === false && !ways.value.password && (
          <p>
            A certificate is asked for here: choose one that this service knows in your browser, and load the page anew.
          </p>
        )}
      </div>
    </main>
  )
}

function LoginForm({ way, error }: { readonly way: Way; readonly error: Signal<string | undefined> }): JSX.Element {
  const first = useRef<HTMLInputElement>(null)
  const busy = useSignal(false)
  useEffect(() => first.current?.focus(), [])
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const data = new FormData(event.currentTarget)
    const of = (name: string): string => {
      const value = data.get(name)
      return typeof value === 'string' ? value : ''
    }
    const credential: Credential =
      way === 'token' ? { token: of('token').trim() } : { user: of('user'), password: of('password') }
    busy.value = true
    try {
      await logIn(credential)
      linkError.value = undefined
      await load()
    } catch (reason) {
      error.value = reasonOf(reason)
      first.current?.select()
    }
    busy.value = false
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      {way === 'token' ? (
        <label>
          Token
          <input ref={first} type="password" name="token" autocomplete="current-password" required />
        </label>
      ) : (
        <>
          <label>
            Name
            <input ref={first} type="text" name="user" autocomplete="username" autocapitalize="none" required />
          </label>
          <label>
            Password
            <input type="password" name="password" autocomplete="current-password" required />
          </label>
        </>
      )}
      <button type="submit" class="primary" disabled={busy.value}>
        {busy.value ? 'One moment…' : 'Log in'}
      </button>
    </form>
  )
}
