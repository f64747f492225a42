-- SPDX-License-Identifier: MIT
-- For row 32: `mutant.lua list` prints number, specs and description of each mutant of spec/mutants;
-- `mutant.lua apply <number> <tree>` makes its edits in that copy of the checkout, and
-- `mutant.lua undo <number> <tree>` takes them back.

local action, number, tree = ...

local mutants = {}
for _, name in ipairs { "core", "runtime" } do
  for _, mutant in ipairs(dofile("spec/mutants/" .. name .. ".lua")) do mutants[#mutants + 1] = mutant end
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function replace_once(text, from, to)
  local first, last = text:find(from, 1, true)
  assert(first, "not in the file: " .. from)
  assert(not text:find(from, last + 1, true), "more than once in the file: " .. from)
  return text:sub(1, first - 1) .. to .. text:sub(last + 1)
end

if action == "list" then
  for i, mutant in ipairs(mutants) do print(("%d\t%s\t%s"):format(i, mutant.specs, mutant.says)) end
else
  local mutant = mutants[tonumber(number)]
  local text = read(mutant.file)
  for _, edit in ipairs(action == "apply" and mutant.edits or {}) do
    text = replace_once(text, edit[1], edit[2])
  end
  write(tree .. "/" .. mutant.file, text)
end
