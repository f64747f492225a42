// SPDX-License-Identifier: MIT
// Runs Seam's fake server, seeded, on a free port of 127.0.0.1 only, until standard input closes.

import net from 'node:net'
import { createFake } from '@seamapi/fake-seam-connect'

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  const ready = args.find((arg) => typeof arg === 'function')
  const server = listen.call(this, { port: 0, host: '127.0.0.1' }, ready)
  server.on('listening', () => {
    console.log(`listening on http://127.0.0.1:${server.address().port}`)
  })
  return server
}

process.stdin.resume()
process.stdin.on('end', () => process.exit(0))

const fake = await createFake()
await fake.seed()
await fake.startServer({ port: 0 })
