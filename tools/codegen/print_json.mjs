// SPDX-License-Identifier: MIT
// Prints facts as JSON: one line for what fits on a line, object keys in the order given.

const WIDTH = 100

const inline = (value) => {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const pairs = Object.entries(value).map(([key, v]) => `${JSON.stringify(key)}: ${inline(v)}`)
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

const print = (value, indent, lead) => {
  const line = inline(value)
  if (value === null || typeof value !== 'object') return line
  if (indent.length + lead.length + line.length <= WIDTH) return line
  const deeper = `${indent} `
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const parts = Array.isArray(value)
    ? value.map((v) => print(v, deeper, ''))
    : Object.entries(value).map(([key, v]) => {
        const name = `${JSON.stringify(key)}: `
        return name + print(v, deeper, name)
      })
  return `${open}\n${deeper}${parts.join(`,\n${deeper}`)}\n${indent}${close}`
}

/** Text of `value`, ending in a newline; the same value always gives the same text. */
export const printJson = (value) => `${print(value, '', '')}\n`

/** Order of code units, so no locale changes a committed file. */
export const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0)
