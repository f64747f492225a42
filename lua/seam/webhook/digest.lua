-- SPDX-License-Identifier: MIT
-- The C core's digest, or the sentence to say where it cannot load.

local loaded, core = pcall(require, "seam.core")
if not loaded and core == "not enough memory" then error(core, 0) end

return loaded and core or {
  --- Why no message can be verified or signed here.
  missing = "seam.webhook needs the C module seam.core, which cannot be loaded here",
}
