// SPDX-License-Identifier: MIT
// Reads an OpenAPI document of the Seam API and writes resources.json: the fields of everything the
// documented endpoints of model.json answer with (names and types; no prose).
//
//   node tools/codegen/export_resources.mjs <openapi.json>

import { readFileSync, writeFileSync } from 'node:fs'

import { byText, printJson } from './print_json.mjs'

const target = new URL('./resources.json', import.meta.url)
const model = JSON.parse(readFileSync(new URL('./model.json', import.meta.url), 'utf8'))

// Below this depth objects are tables of anything: providers' details are many and change often.
const DEPTH = 2

// The fields whose values are worth naming: what programs compare with.
const COMPARED = ['action_type', 'device_type', 'event_type', 'status']

const [openapiPath] = process.argv.slice(2)
if (openapiPath == null) {
  console.error('usage: node export_resources.mjs <openapi.json>')
  process.exit(2)
}
const openapi = JSON.parse(readFileSync(openapiPath, 'utf8'))

const nameOf = (schema) => schema.$ref?.replace('#/components/schemas/', '')

const resolve = (schema) => (schema.$ref ? openapi.components.schemas[nameOf(schema)] : schema)

const isListed = ([, schema]) => !schema['x-undocumented']

// All ways a schema can look: each is a set of properties with those it always has.
const variantsOf = (given) => {
  const schema = resolve(given)
  const own = { properties: schema.properties ?? {}, required: schema.required ?? [] }
  const each = (schema.oneOf ?? schema.anyOf ?? []).flatMap(variantsOf)
  const all = (schema.allOf ?? []).map(variantsOf)
  const combine = (left, right) =>
    left.flatMap((a) =>
      right.map((b) => ({
        properties: { ...a.properties, ...b.properties },
        required: [...a.required, ...b.required],
      })),
    )
  return all.reduce(combine, each.length > 0 ? combine([own], each) : [own])
}

const kindsOf = ({ oneOf = [], anyOf = [], allOf = [] }) => [...oneOf, ...anyOf, ...allOf].map(resolve)

const isObject = (schema) => schema.type === 'object' || kindsOf(schema).some(isObject)

// Says no more than that it is null: nothing in Lua.
const isNothing = (schema) => schema.type == null && kindsOf(schema).length === 0

const scalarOf = (schema) => {
  if (schema.type === 'string') return schema.format === 'date-time' ? 'datetime' : 'string'
  return ['integer', 'number', 'boolean'].includes(schema.type) ? schema.type : 'any'
}

// A text of several kinds is a choice of texts.
const choicesOf = (given) => {
  const schema = resolve(given)
  const choices = isObject(schema) ? undefined : (schema.oneOf ?? schema.anyOf)
  return choices ? choices.flatMap(choicesOf) : [schema]
}

const commonType = (schemas) => {
  const types = new Set(schemas.map(scalarOf))
  if (types.size === 1) return [...types][0]
  return [...types].every((type) => ['integer', 'number'].includes(type)) ? 'number' : 'any'
}

const valuesOf = (schemas, name) => {
  if (!COMPARED.includes(name) || !schemas.every((schema) => schema.enum)) return {}
  return { values: [...new Set(schemas.flatMap((schema) => schema.enum))].sort(byText) }
}

const objectOf = (variants, depth) => {
  const isEmpty = variants.every(({ properties }) => Object.keys(properties).length === 0)
  if (isEmpty || depth >= DEPTH) return { type: 'record' }
  return { type: 'object', fields: fieldsOf(variants, depth) }
}

const shapeOf = (given, name, depth) => {
  const names = new Set(given.map(nameOf))
  if (names.size === 1 && !names.has(undefined)) return { type: 'resource', name: [...names][0] }
  const choices = given.flatMap(choicesOf)
  const schemas = choices.filter((schema) => !isNothing(schema))
  if (schemas.length === 0) return { type: 'any' }
  if (schemas.every(isObject)) return objectOf(schemas.flatMap(variantsOf), depth)
  if (schemas.every((schema) => schema.type === 'array')) {
    return { type: 'list', item: shapeOf(schemas.map(({ items }) => items), name, depth) }
  }
  return { type: commonType(schemas), ...valuesOf(schemas, name) }
}

const isNullable = (schema) => schema.nullable || resolve(schema).nullable || isNothing(resolve(schema))

const isAlwaysThere = (variants, name) =>
  variants.every(({ properties, required }) =>
    name in properties && required.includes(name) && !isNullable(properties[name]))

const fieldsOf = (variants, depth) => {
  const listed = variants.flatMap(({ properties }) => Object.entries(properties).filter(isListed))
  const names = [...new Set(listed.map(([name]) => name))].sort(byText)
  const fieldOf = (name) => {
    const schemas = variants.flatMap(({ properties }) => (name in properties ? [properties[name]] : []))
    const shape = shapeOf(schemas, name, depth + 1)
    return isAlwaysThere(variants, name) ? shape : { ...shape, optional: true }
  }
  return Object.fromEntries(names.map((name) => [name, fieldOf(name)]))
}

// What the endpoints answer, and what those things hold.
const found = {}
const collect = (name) => {
  const schema = openapi.components.schemas[name]
  if (name in found || !schema) return
  found[name] = fieldsOf(variantsOf(schema), 0)
  JSON.stringify(found[name], (_, value) => {
    if (value?.type === 'resource') collect(value.name)
    return value
  })
}
const answered = model.endpoints.flatMap(({ response }) => (response ? [response.resource] : []))
for (const name of ['action_attempt', 'batch', 'pagination', ...answered]) collect(name)

// Writes that tell of an action attempt beside their value, or instead of one.
const answerOf = ({ path }) => {
  const operation = openapi.paths[path].post ?? openapi.paths[path].get
  return operation.responses['200'].content?.['application/json'].schema.properties ?? {}
}
const isBeside = (endpoint) =>
  endpoint.response?.key !== 'action_attempt' && 'action_attempt' in answerOf(endpoint)
const beside = model.endpoints.filter(isBeside).map(({ path }) => path)

const names = Object.keys(found).sort(byText)
const resources = Object.fromEntries(names.map((name) => [name, found[name]]))
writeFileSync(target, printJson({ action_attempt_beside: beside, resources }))
console.log(`${names.length} resources, ${beside.length} answers with an action attempt beside`)
