-- SPDX-License-Identifier: MIT
-- coverage.lua <tree> <folder with gcov's JSON> <lines file> <table to write>: adds up what ran, writes a
-- table per file with what did not, prints "lines N branches N lua N" in percent.

local cjson = require "cjson"

local tree, gcov_folder, lines_file, table_file = ...

local function list(command)
  local pipe, names = io.popen(command), {}
  for name in pipe:lines() do names[#names + 1] = name end
  pipe:close()
  return names
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local files = {} -- name -> { lines = { [n] = ran }, branches = { ["n:i"] = taken } }

local function file_of(name)
  files[name] = files[name] or { lines = {}, branches = {} }
  return files[name]
end

local function add_c(path)
  for _, unit in ipairs(cjson.decode(read(path)).files) do
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
for _, path in ipairs(list("cd " .. tree .. " && find lua/seam -name '*.lua' -not -path 'lua/seam/api/*'")) do
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

local function missing(lines)
  local numbers = {}
  for number, ran in pairs(lines) do
    if not ran then numbers[#numbers + 1] = number end
  end
  table.sort(numbers)
  return table.concat(numbers, " ")
end

local function half_branches(file)
  local numbers, seen = {}, {}
  for key, taken in pairs(file.branches) do
    local number = tonumber(key:match("^%d+"))
    if not taken and not seen[number] then
      seen[number] = true
      numbers[#numbers + 1] = number
    end
  end
  table.sort(numbers)
  return table.concat(numbers, " ")
end

local function percent(ran, all)
  return all == 0 and 0 or math.floor(ran * 10000 / all) / 100
end

local names, sums = {}, { c = { 0, 0 }, branches = { 0, 0 }, lua = { 0, 0 } }
for name in pairs(files) do names[#names + 1] = name end
table.sort(names)

local out = assert(io.open(table_file, "w"))
out:write("file | lines | not run | branches | not both ways\n")
for _, name in ipairs(names) do
  local file = files[name]
  local ran, all = count(file.lines)
  local taken, branches = count(file.branches)
  local sum = name:find("^src/") and sums.c or sums.lua
  sum[1], sum[2] = sum[1] + ran, sum[2] + all
  sums.branches[1], sums.branches[2] = sums.branches[1] + taken, sums.branches[2] + branches
  out:write(("%s | %d/%d | %s | %d/%d | %s\n"):format(name, ran, all, missing(file.lines), taken, branches,
    half_branches(file)))
end
out:close()

print(("lines %.2f branches %.2f lua %.2f"):format(percent(sums.c[1], sums.c[2]),
  percent(sums.branches[1], sums.branches[2]), percent(sums.lua[1], sums.lua[2])))
