-- SPDX-License-Identifier: MIT
-- Everything the generator writes, as texts by file name, without writing it.

local cjson = require "cjson"

local emit_api = require "tools.codegen.emit_api"
local rows = require "tools.codegen.rows"

local build = {}

local reviewed = { "main_id", "methods", "moves_door", "reads", "resources", "times" }

---@param path string
---@return table
function build.read_json(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return cjson.new().decode(text)
end

---The hand-reviewed tables by file name.
---@return table<string, table>
function build.review()
  local review = {}
  for _, name in ipairs(reviewed) do
    review[name] = require("tools.codegen.review." .. name)
  end
  return review
end

---@param folder string where model.json stands
---@return table<string, string> texts by file name below lua/seam/api
function build.files(folder)
  local model = build.read_json(folder .. "/model.json")
  return emit_api.files(model.types_version, rows.build(model, build.review()))
end

return build
