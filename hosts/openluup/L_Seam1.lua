-- SPDX-License-Identifier: MIT
-- What I_Seam1.xml and luup call by name: these globals belong to one Seam device alone. Nothing is loaded
-- before the start, because a device whose code fails to load is blank and says nothing.

local plugin

local function refuse(device, reason)
  luup.log("seam: " .. reason, 1)
  luup.variable_set("urn:seam-co:serviceId:Seam1", "LastError", reason, device)
  luup.set_failure(1, device)
  return false, reason, "Seam"
end

--- The first line says it all; the others list the places that were searched.
local function unloadable(name, problem)
  return ("%s cannot be loaded, install it and reload: %s"):format(name, tostring(problem):match("^[^\n]*"))
end

function seam_startup(device)
  local has_sdk, problem = pcall(require, "seam.safe")
  if not has_sdk then return refuse(device, unloadable("The seam SDK", problem)) end
  local has_plugin, made = pcall(require, "L_SeamPlugin")
  if not has_plugin then return refuse(device, unloadable("L_SeamPlugin.lua", made)) end
  plugin = made.new(luup, device)
  return plugin:start()
end

function seam_timer(token)
  if plugin then plugin:on_timer(token) end
end

function seam_run(action, device, arguments)
  return plugin ~= nil and plugin:run(action, device, arguments)
end

function seam_job(action, device, job)
  return plugin:job(action, device, job)
end

function seam_refresh()
  if not plugin then return false end
  plugin:refresh()
  return true
end
