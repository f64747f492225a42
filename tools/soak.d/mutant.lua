-- SPDX-License-Identifier: MIT
-- For row 32: `mutant.lua list` prints number, specs and description of each mutant of spec/mutants;
-- `mutant.lua apply <number> <tree>` makes its edits in that copy of the checkout, and
-- `mutant.lua undo <number> <tree>` takes them back.

local files = require "support.files"

local action, number, tree = ...

local mutants = {}
for _, name in ipairs { "core", "runtime" } do
  for _, mutant in ipairs(dofile("spec/mutants/" .. name .. ".lua")) do mutants[#mutants + 1] = mutant end
end

if action == "list" then
  for i, mutant in ipairs(mutants) do print(("%d\t%s\t%s"):format(i, mutant.specs, mutant.says)) end
else
  local mutant = mutants[tonumber(number)]
  local text = files.read(mutant.file)
  for _, edit in ipairs(action == "apply" and mutant.edits or {}) do
    text = files.replace_once(text, edit[1], edit[2])
  end
  files.write(tree .. "/" .. mutant.file, text)
end
