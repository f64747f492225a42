-- SPDX-License-Identifier: MIT
-- Decodes a list of 1000 devices (1.7 MB) with seam.core, lua-cjson and the fallback: milliseconds, times lua-cjson.
--
--   LUA_PATH='lua/?.lua;;' LUA_CPATH='build/lua/5.4/?.so;;' lua5.4 bench/json_decode.lua [rounds] [devices]

local rounds = tonumber(arg and arg[1]) or 25
local devices = tonumber(arg and arg[2]) or 1000

local DEVICE = table.concat({
  '{"device_id":"%ID%","device_type":"salto_lock","nickname":null,"display_name":"DOOR %N%",',
  '"workspace_id":"d7418ff3-a476-4f48-9a4b-211d1d21a03d","connected_account_id":"690dead6-e176-4f25-930b-%ACCOUNT%",',
  '"capabilities_supported":["access_code","lock"],"can_remotely_lock":true,"can_remotely_unlock":true,',
  '"can_program_online_access_codes":true,"can_unlock_with_code":true,"can_simulate_removal":true,',
  '"can_simulate_disconnection":true,"device_manufacturer":{"manufacturer":"salto","display_name":"Salto"},',
  '"device_provider":{"device_provider_name":"salto_ks","display_name":"Salto KS","provider_category":"stable"},',
  '"properties":{"online":true,"locked":true,"name":"DOOR %N%","appearance":{"name":"DOOR %N%"},',
  '"model":{"display_name":"Wall Reader PIN","manufacturer_display_name":"Salto","has_built_in_keypad":true},',
  '"manufacturer":"salto","has_direct_power":true,"battery_level":0.%N%,"battery":{"level":0.%N%,"status":"full"},',
  '"supported_code_lengths":[6],"max_active_codes_supported":100,"supports_backup_access_code_pool":false,',
  '"has_native_entry_events":true,"serial_number":null,',
  '"code_constraints":[{"constraint_type":"pin_code_matches_existing_set"}],',
  '"salto_ks_metadata":{"lock_id":"lock_%N%","lock_type":"wall_reader_pin","model":"wall_reader_pin",',
  '"locked_state":"locked","battery_level":"fresh","customer_reference":"DOOR %N%",',
  '"has_custom_pin_subscription":false,"site_id":"site_%N%","site_name":"Caf\195\169 au coin"}},',
  '"location":{"location_name":null,"time_zone":"Europe/Amsterdam"},"space_ids":[],"custom_metadata":{"floor":"%N%"},',
  '"is_managed":true,"created_at":"2026-02-08T22:%M%:09.921Z","errors":[],"warnings":[]}',
})

local function generated_body()
  local list = {}
  for i = 1, devices do
    local fields = {
      ID = ("%08x-9c1f-4c3e-8b1a-%012x"):format(i * 7919, i),
      ACCOUNT = ("%012x"):format(i % 10),
      N = ("%d"):format(100 + i),
      M = ("%02d"):format(i % 60),
    }
    list[i] = DEVICE:gsub("%%(%u+)%%", fields)
  end
  return '{"devices":[' .. table.concat(list, ",") .. '],"pagination":null,"ok":true}'
end

local contestants = { { "lua-cjson", require("cjson").decode } }
local has_core, core = pcall(require, "seam.core")
if has_core then contestants[2] = { "seam.core", core.decode } end
local has_fallback, fallback = pcall(require, "seam.json.decode_cjson")
if has_fallback then contestants[#contestants + 1] = { "fallback", fallback.decode } end

local function median(list)
  table.sort(list)
  return list[math.floor((#list + 1) / 2)]
end

local function measure(body, collector)
  local times = {}
  for round = 1, rounds do
    for i, contestant in ipairs(contestants) do
      collectgarbage()
      if not collector then collectgarbage("stop") end
      local started = os.clock()
      local value = contestant[2](body)
      local spent = (os.clock() - started) * 1000
      collectgarbage("restart")
      assert(#value.devices == devices)
      times[i] = times[i] or {}
      times[i][round] = spent
    end
  end
  local base = median(times[1])
  for i, contestant in ipairs(contestants) do
    print(("%-10s collector %-3s  %6.2f ms (best %6.2f)  x cjson %.2f"):format(
      contestant[1], collector and "on" or "off", median(times[i]), times[i][1], median(times[i]) / base))
  end
end

local body = generated_body()
print(("%s, %d devices, %.2f MB"):format(_VERSION, devices, #body / 1e6))
measure(body, true)
measure(body, false)
