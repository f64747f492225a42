-- SPDX-License-Identifier: MIT
-- Reads the files of a luup plugin the way openLuup does: device, implementation and service descriptions, and the
-- Lua code, compiled into an environment of its own per device (Lua 5.1 only).

local files = require "support.files"
local markup = require "support.markup"

local M = {}

local TAGS = { run = true, job = true }

--- All elements of an XML file; raises where it is not well-formed.
---@param path string
---@return table[] elements as support.markup has them
function M.elements(path)
  local source = assert(files.read(path), path .. " is not there")
  source = source:gsub("^<%?xml[^>]*%?>%s*", ""):gsub("<!%-%-.-%-%->", "")
  return markup.parse(source)
end

local function texts(elements, name)
  local found = {}
  for _, element in ipairs(elements) do
    if element.name == name then found[#found + 1] = element.text:match("^%s*(.-)%s*$") end
  end
  return found
end

--- The children of every element of a name, as fields.
local function records(elements, name)
  local found, by_element = {}, {}
  for _, element in ipairs(elements) do
    if element.name == name then
      local record = {}
      by_element[element], found[#found + 1] = record, record
    elseif by_element[element.parent] then
      by_element[element.parent][element.name] = element.text:match("^%s*(.-)%s*$")
    end
  end
  return found, by_element
end
M.records = records

--- A device description.
function M.device(folder, name)
  local elements = M.elements(folder .. "/" .. name)
  return {
    device_type = texts(elements, "deviceType")[1], implementation = texts(elements, "implementationFile")[1],
    handles_children = texts(elements, "handleChildren")[1] == "1", json = texts(elements, "staticJson")[1],
    category = tonumber(texts(elements, "Category_Num")[1]), services = (records(elements, "service")),
  }
end

--- The answers of a service's actions: variables by action and name.
function M.answers(folder, name)
  if not files.read(folder .. "/" .. name) then return {} end
  local elements = M.elements(folder .. "/" .. name)
  local _, actions = records(elements, "action")
  local _, by_argument = records(elements, "argument")
  local answers = {}
  for element, argument in pairs(by_argument) do
    local action = actions[element.parent.parent]
    if argument.direction == "out" then
      answers[action.name] = answers[action.name] or {}
      answers[action.name][argument.name] = argument.relatedStateVariable
    end
  end
  return answers
end

local function compile_body(body, environment)
  local source = "return function(lul_device, lul_settings, lul_job, lul_data) " .. body .. "\n end"
  return setfenv(assert(loadstring(source, "=action")), environment)() -- luacheck: ignore 113
end

--- An implementation: its code runs in a new environment, which has luup.
---@return table environment
---@return table actions by service and name, with run and job
---@return string startup name of the start function
function M.implementation(folder, name, luup)
  local elements = M.elements(folder .. "/" .. name)
  local environment = {}
  for key, value in pairs(_G) do environment[key] = value end
  environment._G, environment.luup = environment, luup
  for file in texts(elements, "files")[1]:gmatch("[%w_./-]+") do
    local source = assert(files.read(folder .. "/" .. file))
    setfenv(assert(loadstring(source, "=" .. file)), environment)() -- luacheck: ignore 113
  end
  local actions = {}
  for _, record in ipairs((records(elements, "action"))) do
    local action = {}
    for tag in pairs(TAGS) do
      if record[tag] then action[tag] = compile_body(record[tag], environment) end
    end
    actions[record.serviceId .. "#" .. record.name] = action
  end
  return environment, actions, texts(elements, "startup")[1]
end

return M
