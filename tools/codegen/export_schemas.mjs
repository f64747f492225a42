// SPDX-License-Identifier: MIT
// Reads an OpenAPI document of the Seam API and writes spec/support/schemas.json: what the answers of
// the endpoints that the sandbox simulates look like (types, names, enums; no prose).
//
//   node tools/codegen/export_schemas.mjs <openapi.json>

import { readFileSync, writeFileSync } from 'node:fs'

import { byText, printJson } from './print_json.mjs'

const target = new URL('../../spec/support/schemas.json', import.meta.url)

// A whole namespace, or a namespace and the endpoints wanted of it.
const simulated = {
  access_codes: ['create', 'delete', 'generate_code', 'get', 'list', 'update'],
  'access_codes/unmanaged': ['get', 'list'],
  action_attempts: ['get', 'list'],
  connect_webviews: null,
  connected_accounts: ['get', 'list'],
  devices: ['get', 'list'],
  'devices/simulate': null,
  events: ['get', 'list'],
  locks: ['get', 'list', 'lock_door', 'unlock_door'],
  'locks/simulate': null,
  webhooks: null,
  workspaces: ['get', 'reset_sandbox'],
}

const isSimulated = (path) => {
  const [, namespace, endpoint] = path.match(/^\/(.+)\/([^/]+)$/)
  const wanted = simulated[namespace]
  return wanted === null || (wanted ?? []).includes(endpoint)
}

const mapValues = (object, f) =>
  Object.fromEntries(
    Object.keys(object)
      .sort(byText)
      .map((key) => [key, f(object[key])]),
  )

// What each keyword of a schema becomes; keywords that are not here say nothing a check needs.
const keep = {
  $ref: (ref) => ref.replace('#/components/schemas/', ''),
  type: (type) => type,
  nullable: (nullable) => nullable || undefined,
  format: (format) => (['uuid', 'date-time'].includes(format) ? format : undefined),
  enum: (values) => [...values],
  required: (names) => [...names].sort(byText),
  properties: (properties) => mapValues(properties, trim),
  items: (items) => trim(items),
  additionalProperties: (schema) => (typeof schema === 'boolean' ? schema : trim(schema)),
  allOf: (schemas) => schemas.map(trim),
  anyOf: (schemas) => schemas.map(trim),
  oneOf: (schemas) => schemas.map(trim),
}

const trim = (schema) => {
  const kept = {}
  for (const keyword of Object.keys(keep)) {
    const value = keyword in schema ? keep[keyword](schema[keyword]) : undefined
    if (value !== undefined) kept[keyword] = value
  }
  return kept
}

const answerOf = (pathItem) => {
  const operation = pathItem.post ?? pathItem.get
  return trim(operation.responses['200'].content['application/json'].schema)
}

const refsIn = (value) => {
  if (value === null || typeof value !== 'object') return []
  return [...(typeof value.$ref === 'string' ? [value.$ref] : []), ...Object.values(value).flatMap(refsIn)]
}

const collect = (names, schemas, found = {}) => {
  for (const name of names) {
    if (name in found) continue
    found[name] = trim(schemas[name])
    collect(refsIn(found[name]), schemas, found)
  }
  return found
}

const [openapiPath] = process.argv.slice(2)
if (openapiPath == null) {
  console.error('usage: node export_schemas.mjs <openapi.json>')
  process.exit(2)
}

const openapi = JSON.parse(readFileSync(openapiPath, 'utf8'))
const chosen = Object.keys(openapi.paths).filter(isSimulated).sort(byText)
const paths = Object.fromEntries(chosen.map((path) => [path, answerOf(openapi.paths[path])]))
const schemas = collect(refsIn(paths), openapi.components.schemas)
writeFileSync(target, printJson({ paths, schemas: mapValues(schemas, (schema) => schema) }))
console.log(`${chosen.length} answers, ${Object.keys(schemas).length} schemas`)
