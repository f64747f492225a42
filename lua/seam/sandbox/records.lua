-- SPDX-License-Identifier: MIT
-- Records by id that remember the order in which they came.

local remove = table.remove

local M = {}

local Records = {}
Records.__index = Records

function Records:add(id, record)
  self.by_id[id] = record
  self.list[#self.list + 1] = record
  return record
end

function Records:get(id)
  return self.by_id[id]
end

function Records:remove(id)
  local record = self.by_id[id]
  self.by_id[id] = nil
  for place, found in ipairs(self.list) do
    if found == record then
      remove(self.list, place)
      return record
    end
  end
end

--- A new list of the records that `keep` accepts (all without it), oldest first.
function Records:where(keep)
  local found = {}
  for _, record in ipairs(self.list) do
    if not keep or keep(record) then found[#found + 1] = record end
  end
  return found
end

--- The same, newest first; looks no further than the first one that `ends` accepts.
function Records:newest(keep, ends)
  local found = {}
  for place = #self.list, 1, -1 do
    local record = self.list[place]
    if ends and ends(record) then break end
    if not keep or keep(record) then found[#found + 1] = record end
  end
  return found
end

function M.new()
  return setmetatable({ by_id = {}, list = {} }, Records)
end

return M
