// Starts what scripts add to pages that already work: the components of GOV.UK and the dialog at the end of sign-in.
import { initAll } from './govuk-frontend.js'
import { watchSession } from './session-end.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()
watchSession()

// A fragment that htmx has swapped in gets its components too.
document.addEventListener('htmx:after:swap', (event) => {
  const scope = event.target instanceof Element ? event.target : document.body
  initAll({ scope })
})
