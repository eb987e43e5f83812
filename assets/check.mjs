// Checks that the installed packages are the pinned ones, and that htmx is byte for byte the release we have tried:
// its 2.x and 4.x differ in inheritance and in what they swap.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const read = (path) => readFileSync(new URL(path, import.meta.url))
const { dependencies, devDependencies } = JSON.parse(read('package.json'))
const sums = {
  'htmx.org/dist/htmx.min.js': 'a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130',
  'htmx.org/dist/ext/hx-sse.min.js': '18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103',
}

let failed = false
for (const [name, wanted] of Object.entries({ ...dependencies, ...devDependencies })) {
  const { version } = JSON.parse(read(`node_modules/${name}/package.json`))
  console.log(`assets: ${name} ${version}`)
  if (version !== wanted) {
    console.error(`assets: ${name} should be ${wanted}`)
    failed = true
  }
}
for (const [path, wanted] of Object.entries(sums)) {
  const sum = createHash('sha256').update(read(`node_modules/${path}`)).digest('hex')
  if (sum !== wanted) {
    console.error(`assets: ${path} has SHA-256 ${sum}, expected ${wanted}`)
    failed = true
  }
}
process.exit(failed ? 1 : 0)
