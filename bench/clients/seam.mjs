// SPDX-License-Identifier: MIT
// Seam's JavaScript SDK: drive.lua's scenarios on it.
//   seam.mjs <cold|small|list|fan|decode> <base url> <count> <concurrency>

import { readFileSync } from 'node:fs'

const [scenario, base, countText, concurrencyText] = process.argv.slice(2)
const count = Number(countText)
const concurrency = Number(concurrencyText)

const open = async () => {
  const { SeamHttp } = await import('seam')
  return SeamHttp.fromApiKey('seam_test_0123456789abcdef0123456789ab', { endpoint: base })
}

const repeated = (call) => async () => {
  for (let i = 0; i < count; i++) await call()
}

const fan = (client) => async () => {
  let left = count
  const work = async () => {
    while (left-- > 0) await client.locks.get({ device_id: 'warm' })
  }
  await Promise.all(Array.from({ length: Math.min(count, concurrency) }, work))
}

const decoding = () => {
  const body = readFileSync(base, 'utf8')
  return repeated(() => JSON.parse(body).devices[0].device_id)
}

const prepare = async () => {
  if (scenario === 'decode') return decoding()
  const client = await open()
  const device = async () => await client.devices.get({ device_id: 'warm' })
  if (scenario === 'fan') return fan(client)
  if (scenario === 'list') return repeated(async () => await client.devices.list())
  if (scenario === 'small') await device()
  return repeated(device)
}

const work = await prepare()
const wall = performance.now()
const processor = process.cpuUsage()
await work()
const used = process.cpuUsage(processor)
const seconds = (performance.now() - wall) / 1000
console.log(`inside wall=${seconds.toFixed(9)} cpu=${((used.user + used.system) / 1e6).toFixed(9)}`)
