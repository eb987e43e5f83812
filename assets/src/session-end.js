// Five minutes before the sign-in ends the page asks whether to go on; "continue" asks the server for a page, which
// renews the sign-in. At the end the page goes away, and what stands half-filled on it is sent to be kept: the sign-in
// page leads back to it. Without script the browser reloads a page on which nothing is written, and one that is written
// on is kept when it is sent.

const warning = 5 * 60 * 1000

/** @returns {void} */
export function watchSession () {
  const dialog = document.getElementById('session-end')
  if (!(dialog instanceof HTMLDialogElement)) return
  const seconds = Number(dialog.dataset.endsIn)
  if (!Number.isFinite(seconds)) return
  let timer = 0
  let ends = Date.now() + seconds * 1000

  const plan = () => {
    clearTimeout(timer)
    timer = setTimeout(check, Math.max(1000, Math.min(ends - Date.now() - warning, 2 ** 30)))
  }
  // A machine that slept wakes late: what counts is the clock, not the timer.
  const check = () => {
    const left = ends - Date.now()
    if (left <= 0) {
      leave(dialog.dataset.keep)
      return
    }
    if (left <= warning && !dialog.open) dialog.showModal()
    timer = setTimeout(check, left <= warning ? Math.min(left + 500, 15000) : left - warning)
  }

  dialog.querySelector('[data-continue]')?.addEventListener('click', async () => {
    try {
      const answer = await fetch(location.href, { method: 'HEAD', credentials: 'same-origin', redirect: 'manual' })
      if (!answer.ok) throw new Error('the sign-in has ended')
      ends = Date.now() + seconds * 1000
      dialog.close()
      plan()
    } catch {
      leave(dialog.dataset.keep)
    }
  })
  document.addEventListener('visibilitychange', () => { if (!document.hidden) check() })
  plan()
}

/**
 * Leaves the page: with what was typed, when something was.
 * @param {string | undefined} keeper where half-filled forms are kept
 */
function leave (keeper) {
  const form = [...document.querySelectorAll('main form[method="post"]:not([action])')].find(typed)
  if (!keeper || !(form instanceof HTMLFormElement)) {
    location.reload()
    return
  }
  const kept = document.createElement('form')
  kept.method = 'post'
  kept.action = keeper + '?at=' + encodeURIComponent(location.pathname)
  for (const [name, value] of new FormData(form)) {
    const field = form.elements.namedItem(name)
    if (field instanceof HTMLInputElement && field.type === 'password') continue
    const input = document.createElement('input')
    input.type = 'hidden'
    input.name = name
    input.value = value instanceof File ? value.name : value
    if (!(value instanceof File) || value.name) kept.append(input)
  }
  document.body.append(kept)
  HTMLFormElement.prototype.submit.call(kept)
}

/** @param {Element} form */
function typed (form) {
  const fields = [...form.querySelectorAll('input:not([type="hidden"]), select, textarea')]
  if (document.querySelector('main[data-typed]')) return fields.length > 0
  return fields.some(e => {
    if (e instanceof HTMLSelectElement) return e.selectedIndex !== Math.max(0, [...e.options].findIndex(o => o.defaultSelected))
    if (e instanceof HTMLInputElement && (e.type === 'checkbox' || e.type === 'radio')) return e.checked !== e.defaultChecked
    return (e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement) && e.value !== e.defaultValue
  })
}
