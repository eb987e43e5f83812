// Five minutes before the sign-in ends the page asks whether to go on; "continue" asks the server for a page, which
// renews the sign-in. Without script the browser reloads the page at the end and the sign-in page keeps the way back.

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
      location.reload()
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
      location.reload()
    }
  })
  document.addEventListener('visibilitychange', () => { if (!document.hidden) check() })
  plan()
}
