-- SPDX-License-Identifier: MIT
-- Modules that are loaded when one of their functions is first called. A process that makes one call spends
-- a third of its time on reading Lua: what it does not call, it shall not read.
--
-- Only for what runs before a request is sent or without one. Reading a file may fail, and once a door
-- has been asked to move nothing may be left to fail: what comes after that is required at the top.

---@param name string of a module that is a table of functions
---@return table module
return function(name)
  return setmetatable({}, { __index = function(_, key) return require(name)[key] end })
end
