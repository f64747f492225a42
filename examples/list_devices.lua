-- Lists every device of the workspace, page by page: lua5.4 examples/list_devices.lua

local seam = require "seam"

local function main()
  local paginator = seam.create_paginator(seam.devices.list, { limit = 20 })
  for device in paginator:flatten() do
    print(device)
  end
end

local ok, err = pcall(main)
if not ok then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end
