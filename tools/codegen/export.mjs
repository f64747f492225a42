// SPDX-License-Identifier: MIT
// Reads an OpenAPI document of the Seam API through blueprint and writes model.json (names, types
// and flags of the documented endpoints; no prose) and API_VERSION.
//
//   node tools/codegen/export.mjs <openapi.json> <version of the Seam API types>

import { readFileSync, writeFileSync } from 'node:fs'

import { createBlueprint } from '@seamapi/blueprint'

import { byText, printJson } from './print_json.mjs'

const model = new URL('./model.json', import.meta.url)
const apiVersion = new URL('../../API_VERSION', import.meta.url)

const flags = ({ isRequired, isNullable, isDeprecated }) => ({
  ...(isRequired && { required: true }),
  ...(isNullable && { nullable: true }),
  ...(isDeprecated && { deprecated: true }),
})

const fieldsOf = (params, where) =>
  params
    .map((param) => ({ name: param.name, ...shapeOf(param, `${where}.${param.name}`) }))
    .sort((a, b) => byText(a.name, b.name))

const itemOf = (param, where) => {
  if (param.itemFormat === 'object') {
    return { format: 'object', fields: fieldsOf(param.itemParameters, where) }
  }
  if (param.itemFormat === 'discriminated_object') {
    throw new Error(`${where}: lists of several kinds of objects have no row type yet`)
  }
  return { format: param.itemFormat }
}

const shapeOf = (param, where) => ({
  format: param.format,
  ...flags(param),
  ...(param.format === 'object' && { fields: fieldsOf(param.parameters, where) }),
  ...(param.format === 'list' && { item: itemOf(param, where) }),
})

const responseOf = ({ responseType, responseKey, resourceType }) =>
  responseType === 'void'
    ? null
    : { key: responseKey, resource: resourceType, list: responseType === 'resource_list' }

const endpointOf = (endpoint) => ({
  path: endpoint.path,
  methods: [...endpoint.request.methods].sort(byText),
  ...(endpoint.isDeprecated && { deprecated: true }),
  ...(endpoint.isDraft && { draft: true }),
  workspace: endpoint.workspaceScope,
  requires_params: endpoint.request.hasRequiredParameters,
  paginated: endpoint.hasPagination,
  response: responseOf(endpoint.response),
  params: fieldsOf(endpoint.request.parameters, endpoint.path),
})

const [openapiPath, typesVersion] = process.argv.slice(2)
if (openapiPath == null || !/^\d+\.\d+\.\d+$/.test(typesVersion ?? '')) {
  console.error('usage: node export.mjs <openapi.json> <types version, as in 1.2.3>')
  process.exit(2)
}

const openapi = JSON.parse(readFileSync(openapiPath, 'utf8'))
const blueprint = await createBlueprint({ openapi }, { omitUndocumented: true })
const endpoints = blueprint.routes
  .flatMap((route) => route.endpoints)
  .map(endpointOf)
  .sort((a, b) => byText(a.path, b.path))

writeFileSync(model, printJson({ types_version: typesVersion, endpoints }))
writeFileSync(apiVersion, `${typesVersion}\n`)
console.log(`${endpoints.length} endpoints of types ${typesVersion}`)
