-- SPDX-License-Identifier: MIT
-- Access codes as luup's locks show them: users with small numbers that stay, and a text that lists them.

local M = {}

local HIDDEN = "****"

local function by_age(a, b)
  local first, second = a.created_at or "", b.created_at or ""
  if first ~= second then return first < second end
  return a.access_code_id < b.access_code_id
end

local function lowest_free(taken)
  local number = 1
  while taken[number] do number = number + 1 end
  return number
end

--- Reads remembered numbers: "1=id;2=id".
---@param text string|nil
---@return table<integer, string> ids by number
function M.read(text)
  local ids = {}
  for number, id in (text or ""):gmatch("(%d+)=([^;]+)") do ids[tonumber(number)] = id end
  return ids
end

local function sorted_numbers(ids)
  local numbers = {}
  for number in pairs(ids) do numbers[#numbers + 1] = number end
  table.sort(numbers)
  return numbers
end

---@param ids table<integer, string>
---@return string
function M.write(ids)
  local parts = {}
  for _, number in ipairs(sorted_numbers(ids)) do parts[#parts + 1] = ("%d=%s"):format(number, ids[number]) end
  return table.concat(parts, ";")
end

--- Numbers for codes: known ones keep theirs, new ones get the lowest that are free, the oldest first.
---@param ids table<integer, string> as they were
---@param codes table[] access codes
---@return table<integer, string> ids
function M.number(ids, codes)
  local present, numbered, kept, fresh = {}, {}, {}, {}
  for _, code in ipairs(codes) do present[code.access_code_id] = true end
  for number, id in pairs(ids) do
    if present[id] then kept[number], numbered[id] = id, true end
  end
  for _, code in ipairs(codes) do
    if not numbered[code.access_code_id] then fresh[#fresh + 1] = code end
  end
  table.sort(fresh, by_age)
  for _, code in ipairs(fresh) do kept[lowest_free(kept)] = code.access_code_id end
  return kept
end

---@param ids table<integer, string>
---@param id string|nil
---@return integer|nil
function M.number_of(ids, id)
  for number, known in pairs(ids) do
    if known == id then return number end
  end
end

--- What would end a field or a row becomes a space.
---@param name string|nil
---@return string
function M.clean(name)
  return ((name or ""):gsub("[,;\"%c]", " "))
end

local function moment(iso)
  local day, clock = (iso or ""):match("^(%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d:%d%d)")
  return day and day .. " " .. clock or ""
end

local function row(number, code, show)
  local pin = code.code or ""
  if pin ~= "" and not show then pin = HIDDEN end
  return ("\t%d,%d,%s,,%s,%s;"):format(number, code.status == "set" and 1 or 0, moment(code.created_at), pin,
    M.clean(code.name))
end

--- The value of PinCodes.
---@param ids table<integer, string>
---@param codes table[]
---@param show boolean whether PINs may be read by everyone who can read variables
---@return string
function M.text(ids, codes, show)
  local by_id, parts = {}, {}
  for _, code in ipairs(codes) do by_id[code.access_code_id] = code end
  parts[1] = ("<VERSION=3>%d"):format(lowest_free(ids))
  for _, number in ipairs(sorted_numbers(ids)) do
    local code = by_id[ids[number]]
    if code then parts[#parts + 1] = row(number, code, show) end
  end
  return table.concat(parts)
end

return M
