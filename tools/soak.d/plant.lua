-- SPDX-License-Identifier: MIT
-- plant.lua <file> <from> <to>: replaces what stands in the file exactly once. A row plants a bug in
-- a copy of the sources to show that its check would see one.

local path, from, to = ...

local file = assert(io.open(path, "rb"))
local text = file:read("*a")
file:close()

local first, last = text:find(from, 1, true)
assert(first, "not in " .. path .. ": " .. from)
assert(not text:find(from, last + 1, true), "more than once in " .. path .. ": " .. from)

file = assert(io.open(path, "wb"))
file:write(text:sub(1, first - 1), to, text:sub(last + 1))
file:close()
