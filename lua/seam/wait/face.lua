-- SPDX-License-Identifier: MIT
-- What `require "seam.wait"` and `require "seam.wait.safe"` return: waits that raise error objects, or
-- return nil and them. Either takes clients of either face.

local access_code = require "seam.wait.access_code"
local connect_webview = require "seam.wait.connect_webview"
local device = require "seam.wait.device"
local errors = require "seam.errors"
local protected = require "seam.protected"
local receiver = require "seam.receiver"
local resource = require "seam.wait.resource"

local M = {}

--- Builds a face.
---@param raises boolean
---@return table wait
function M.new(raises)
  local finish, wait = errors.finisher(raises), {}

  local function public(f) return receiver.dropped(wait, finish, protected.with_client(f)) end

  --- All waits take these options:
  --- timeout: seconds until SeamWaitTimeoutError, by client:now(); math.huge for no end;
  --- polling_interval: the longest pause between two questions, in seconds; the first ones are shorter;
  --- on_poll: function(resource, elapsed, err) called after every question with the last state seen (nil before
  ---   there is one), the seconds since the start, and the error where the question failed; false ends the wait;
  --- cancelled: a function that returns true to end the wait (SeamWaitCancelledError); asked about once a second.
  --- Questions that fail in passing (no answer, 429, 5xx) are asked again; others end the wait with their error.
  --- Errors carry `resource` (the last state seen), `elapsed` and `last_error`.

  --- Waits for an access code. Further options:
  --- until_: "set" (on the lock, with its PIN; the default) or "code" (its PIN is known);
  --- wait_for_start: true waits for a code that starts later, too; without it "set" refuses one (`starts_later`,
  ---   with `programmed_at`, epoch seconds, where Seam has yet to put it on the lock);
  --- heals: { [error or warning code] = true (goes away by itself) or false (ends the wait) }, beside what is known.
  --- timeout is 300 s, polling_interval 5 s.
  ---@param client table
  ---@param code table|string an access code or its id
  ---@param options table|nil
  ---@return table access_code
  --- Raises SeamWaitFailedError, its `problems` the errors and warnings that will not heal; and what all waits raise.
  wait.access_code = public(access_code.wait)

  --- Waits for a login. Further option: devices = true (until Seam has synced them) or how many must be there.
  --- timeout is 600 s for all of it, polling_interval 3 s.
  ---@param client table
  ---@param webview table|string a Connect Webview or its id
  ---@param options table|nil
  ---@return table connected_account
  ---@return table[]|nil devices where asked for
  --- Raises SeamWaitFailedError (`login_failed`); and what all waits raise.
  wait.connect_webview = public(connect_webview.wait)

  --- Waits for a device. timeout is 300 s, polling_interval 10 s.
  ---@param client table
  ---@param device table|string a device or its id
  ---@param predicate string|table|fun(device: table): boolean "online", "offline", "locked", "unlocked";
  ---   { battery_below = 0.2 } or { battery_above = 0.8 }; or a function
  ---@param options table|nil
  ---@return table device
  wait.device = public(device.wait)

  --- Waits for anything. timeout is 300 s, polling_interval 5 s.
  ---@param client table whose clock and pauses are used
  ---@param get fun(call_options: table|nil): any reads the resource (nil: not there yet); call_options keep the call
  ---   within the wait's time
  ---@param predicate fun(resource: any): boolean, any true ends the wait; a second result ends it as a failure
  ---@param options table|nil
  ---@return any resource
  wait.resource = public(resource.wait)

  return wait
end

return M
