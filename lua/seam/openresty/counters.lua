-- SPDX-License-Identifier: MIT
-- Counts in a shared dictionary, for all workers. A key is the line Prometheus will read, without its value.

local M = {}

local ESCAPES = { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n" }

local function written(labels)
  local parts = {}
  for i, label in ipairs(labels) do
    parts[i] = label[1] .. '="' .. tostring(label[2]):gsub('[\\"\n]', ESCAPES) .. '"'
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- Adds to a counter. A full dictionary makes no room at another counter's cost: that one would start again.
---@param dict table a shared dictionary
---@param name string of the metric
---@param labels table[] pairs { name, value }, always in the same order
---@param amount number
function M.add(dict, name, labels, amount)
  local key = name .. written(labels)
  local value, problem = dict:incr(key, amount)
  if value or problem ~= "not found" then return end
  local added
  added, problem = dict:safe_add(key, amount)
  if added then return end
  -- Another worker was first.
  if problem == "exists" then dict:incr(key, amount) return end
  ngx.log(ngx.WARN, "seam: the dictionary of metrics is full")
end

--- Everything counted: lines and values, those of one metric together, buckets by their bound.
---@param dict table
---@return table[] entries { name =, key =, value = }
function M.all(dict)
  local entries = {}
  for _, key in ipairs(dict:get_keys(0)) do
    local name = key:match("^(seam_[%l_]+){")
    local value = name and dict:get(key)
    if type(value) == "number" then
      local bound = key:match('le="([^"]*)"')
      entries[#entries + 1] = {
        name = name, key = key, value = value,
        series = bound and key:gsub('le="[^"]*"', "") or key, bound = tonumber(bound) or math.huge,
      }
    end
  end
  table.sort(entries, function(a, b)
    if a.series ~= b.series then return a.series < b.series end
    return a.bound < b.bound
  end)
  return entries
end

return M
