-- SPDX-License-Identifier: MIT
-- coverage.lua <tree> <folder with gcov's JSON> <lines file> <table to write> <reasons>: adds up what ran,
-- writes a table per file with what did not and whether there is a reason for it, prints "lines N of N, N explained;
-- branches N of N, N explained; lua N of N; open N stale N".

local cjson = require "cjson"
local files_of = require "support.files"

local tree, gcov_folder, lines_file, table_file, reasons_file = ...

local reasons_of = dofile("tools/soak.d/reasons.lua")
local reasons = reasons_of.read(reasons_file)

local function list(command)
  local names = {}
  for name in files_of.output_of(command):gmatch("[^\n]+") do names[#names + 1] = name end
  return names
end

local files = {} -- name -> { lines = { [n] = ran }, branches = { ["n:i"] = taken } }

local function file_of(name)
  files[name] = files[name] or { lines = {}, branches = {} }
  return files[name]
end

local function add_c(path)
  for _, unit in ipairs(cjson.decode(files_of.read(path)).files) do
    local name = unit.file:match("(src/[^/]+%.[ch])$")
    if name then
      local file = file_of(name)
      for _, line in ipairs(unit.lines) do
        local number = line.line_number
        file.lines[number] = file.lines[number] or line.count > 0
        for i, branch in ipairs(line.branches or {}) do
          local key = number .. ":" .. i
          file.branches[key] = file.branches[key] or branch.count > 0
        end
      end
    end
  end
end

--- Lines that have code: what luac lists, without the return behind a function's own last one.
local function add_lua(name)
  local file, texts = file_of(name), {}
  for text in io.lines(tree .. "/" .. name) do texts[#texts + 1] = text end
  for _, row in ipairs(list(("luac5.4 -p -l %s/%s"):format(tree, name))) do
    local number, code = row:match("^%s*%d+%s+%[(%d+)%]%s+(%u%w*)")
    number = tonumber(number)
    if number and code ~= "VARARGPREP" and not texts[number]:find("^%s*end[%s,)}]*$") then
      file.lines[number] = file.lines[number] or false
    end
  end
end

for _, path in ipairs(list("ls " .. gcov_folder .. "/*.json")) do add_c(path) end
for _, path in ipairs(list("cd " .. tree .. " && find lua/seam -name '*.lua' -not -path 'lua/seam/api/*'" ..
    " -not -path 'lua/seam/transport/nginx/*'")) do
  add_lua(path)
end
for row in io.lines(lines_file) do
  local name, number = row:match("^(.*):(%d+)$")
  local file = files[name]
  if file and file.lines[tonumber(number)] ~= nil then file.lines[tonumber(number)] = true end
end

local function count(members)
  local ran, all = 0, 0
  for _, yes in pairs(members) do
    all = all + 1
    if yes then ran = ran + 1 end
  end
  return ran, all
end

local function missing_lines(file)
  local numbers = {}
  for number, ran in pairs(file.lines) do
    if not ran then numbers[#numbers + 1] = number end
  end
  table.sort(numbers)
  return numbers
end

--- Line -> how many of its branches were never taken.
local function missing_branches(file)
  local counts = {}
  for key, taken in pairs(file.branches) do
    local number = tonumber(key:match("^%d+"))
    if not taken then counts[number] = (counts[number] or 0) + 1 end
  end
  return counts
end

local function joined(counts)
  local numbers = {}
  for number in pairs(counts) do numbers[#numbers + 1] = number end
  table.sort(numbers)
  return table.concat(numbers, " ")
end

local names, open, stale = {}, {}, {}
local c, branches, lua = { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0 }
for name in pairs(files) do names[#names + 1] = name end
table.sort(names)

local function explain(name, lines, halves)
  local found = reasons_of.apply(reasons[name], tree .. "/" .. name, lines, halves)
  c[3], branches[3] = c[3] + found.lines, branches[3] + found.branches
  for _, text in ipairs(found.open) do open[#open + 1] = "without a reason: " .. text end
  for _, text in ipairs(found.stale) do stale[#stale + 1] = ("a reason for no line of %s: %s"):format(name, text) end
end

local out = assert(io.open(table_file, "w"))
out:write("file | lines | not run | branches | not both ways\n")
for _, name in ipairs(names) do
  local file = files[name]
  local ran, all = count(file.lines)
  local taken, ways = count(file.branches)
  local lines, halves = missing_lines(file), missing_branches(file)
  local sum = name:find("^src/") and c or lua
  sum[1], sum[2] = sum[1] + ran, sum[2] + all
  branches[1], branches[2] = branches[1] + taken, branches[2] + ways
  if sum == c then explain(name, lines, halves) end
  if #lines > 0 or next(halves) then
    out:write(("%s | %d/%d | %s | %d/%d | %s\n"):format(name, ran, all, table.concat(lines, " "), taken, ways,
      joined(halves)))
  end
end
for _, rows in ipairs { open, stale } do
  if #rows > 0 then out:write(table.concat(rows, "\n"), "\n") end
end
out:close()

print(("lines %d of %d, %d explained; branches %d of %d, %d explained; lua %d of %d; open %d stale %d"):format(
  c[1], c[2], c[3], branches[1], branches[2], branches[3], lua[1], lua[2], #open, #stale))
