-- SPDX-License-Identifier: MIT
-- Walks a paginated list: the same parameters on every page, and an end even when a server repeats
-- a cursor.

local errors = require "seam.errors"

require("seam.uncompiled")()

local M = {}

---@class seam.Paginator
local methods = {}
local metatable = { __name = "seam.Paginator", __index = methods }

--- Makes a paginator.
---@param fetch fun(params: table): table|nil, table|seam.Error one page, its pagination; or nil, error
---@param path string the endpoint, for errors
---@param params table the caller's; copied
---@param finish fun(value: any, extra: any): any, any raises errors, or passes them on (the safe face)
---@return seam.Paginator
function M.new(fetch, path, params, finish)
  local copy = {}
  for name, value in pairs(params) do copy[name] = value end
  return setmetatable({ _fetch = fetch, _path = path, _params = copy, _finish = finish }, metatable)
end

local function invalid_response(paginator, reason)
  return errors.new("SeamHttpError",
    ("Seam returned an invalid response for %s: %s"):format(paginator._path, reason),
    { code = "invalid_response", path = paginator._path, outcome = "unknown" })
end

local function fetch_page(paginator, cursor)
  local params = {}
  for name, value in pairs(paginator._params) do params[name] = value end
  if cursor then params.page_cursor = cursor end
  local items, pagination = paginator._fetch(params)
  if items == nil then return nil, pagination end
  if type(pagination) ~= "table" then
    return nil, invalid_response(paginator, "it has no pagination")
  end
  return items, pagination
end

--- The first page.
---@return table items
---@return table pagination { has_next_page =, next_page_cursor = }
function methods:first_page()
  return self._finish(fetch_page(self, nil))
end

--- The page behind a cursor.
---@param cursor string pagination.next_page_cursor of the page before
---@return table items
---@return table pagination
function methods:next_page(cursor)
  if type(cursor) ~= "string" or cursor == "" then
    return self._finish(nil, errors.invalid_params(self._path,
      "next_page wants the next_page_cursor of the page before", "page_cursor"))
  end
  return self._finish(fetch_page(self, cursor))
end

--- The cursor of the page behind this one, nil at the end; nil and a reason when there must be one and
--- is none, or the walk has been there: going on would lose items or never end.
local function next_cursor(pagination, seen)
  if not pagination.has_next_page then return nil end
  local cursor = pagination.next_page_cursor
  if type(cursor) ~= "string" or cursor == "" then return nil, "it promises a next page without a cursor" end
  if seen[cursor] then return nil, "it repeats a page cursor" end
  seen[cursor] = true
  return cursor
end

--- Steps from page to page; nil at the end, and nil with an error.
local function walker(paginator)
  local cursor, seen, ended = nil, {}, false
  if paginator._params.page_cursor then seen[paginator._params.page_cursor] = true end
  return function()
    if ended then return nil end
    local items, pagination = fetch_page(paginator, cursor)
    if items == nil then
      ended = true
      return nil, pagination
    end
    local reason
    cursor, reason = next_cursor(pagination, seen)
    ended = cursor == nil
    if reason then return nil, invalid_response(paginator, reason) end
    return items, pagination
  end
end

--- Iterates over the pages. An error in the middle is raised, in the safe face too: a generic
--- `for` would take nil for the end and lose it without a sound.
---@return fun(): table|nil, table items, pagination
function methods:pages()
  local step = walker(self)
  return function()
    local items, extra = step()
    if items == nil and extra then error(extra, 0) end
    return items, extra
  end
end

--- Iterates over the items of all pages, fetching each page when it is reached. Raises like pages.
---@return fun(): any item
function methods:flatten()
  local next_page, items, index = self:pages(), {}, 0
  return function()
    index = index + 1
    while items and items[index] == nil do
      items, index = next_page(), 1
    end
    return items and items[index]
  end
end

--- All items of all pages.
---@return table items
function methods:flatten_to_list()
  local all, step = {}, walker(self)
  while true do
    local items, err = step()
    if items == nil then
      if err then return self._finish(nil, err) end
      return all
    end
    for _, item in ipairs(items) do all[#all + 1] = item end
  end
end

return M
