-- SPDX-License-Identifier: MIT
-- Everything the generator writes, as texts by file name, without writing it.

local cjson = require "cjson"

local emit_api = require "tools.codegen.emit_api"
local emit_docs = require "tools.codegen.emit_docs"
local emit_resources = require "tools.codegen.emit_resources"
local emit_types = require "tools.codegen.emit_types"
local rows = require "tools.codegen.rows"
local surface = require "tools.codegen.surface"

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

local function merged(a, b)
  local all = {}
  for name, text in pairs(a) do all[name] = text end
  for name, text in pairs(b) do
    assert(not all[name], name .. " is generated twice")
    all[name] = text
  end
  return all
end

---@param folder string where model.json and resources.json stand
---@return table<string, table<string, string>> texts by file name, by the folder they belong into
function build.trees(folder)
  local model, facts = build.read_json(folder .. "/model.json"), build.read_json(folder .. "/resources.json")
  local namespaces, version = rows.build(model, build.review()), model.types_version
  local called = surface.build(model, namespaces, facts)
  return {
    ["lua/seam/api"] = emit_api.files(version, namespaces),
    ["types/seam"] = merged(emit_types.files(version, called, facts.resources),
      emit_resources.files(version, facts.resources)),
    ["docs/api"] = emit_docs.files(version, called),
  }
end

return build
