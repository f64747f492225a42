-- SPDX-License-Identifier: MIT
-- Folders of generated files: what stands in one, and making one be what it should.

local lfs = require "lfs"

local tree = {}

local function collect(folder, prefix, found)
  if lfs.attributes(folder, "mode") ~= "directory" then return found end
  for name in lfs.dir(folder) do
    local path = folder .. "/" .. name
    if name ~= "." and name ~= ".." then
      if lfs.attributes(path, "mode") == "directory" then
        collect(path, prefix .. name .. "/", found)
      else
        found[prefix .. name] = true
      end
    end
  end
  return found
end

---Names of all files below a folder, relative to it.
---@param folder string
---@return table<string, boolean>
function tree.list(folder)
  return collect(folder, "", {})
end

local function make_folder(path)
  if path == "" or lfs.attributes(path, "mode") == "directory" then return end
  make_folder(path:match("^(.*)/") or "")
  assert(lfs.mkdir(path))
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

---Writes the files, and removes what the last run wrote and this one does not.
---@param folder string holds nothing but generated files
---@param files table<string, string> texts by name
function tree.write(folder, files)
  for name in pairs(tree.list(folder)) do
    if not files[name] then assert(os.remove(folder .. "/" .. name)) end
  end
  for name, text in pairs(files) do
    local path = folder .. "/" .. name
    make_folder(path:match("^(.*)/"))
    write(path, text)
  end
end

return tree
