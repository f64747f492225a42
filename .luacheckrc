-- The library runs on Lua 5.1 to 5.4 and LuaJIT: "min" is their intersection.
std = "min"
max_line_length = 120
files["lua/seam/api"] = { max_line_length = false }
-- Types are comments: their lines are as long as a signature is, and what they declare does nothing.
files["types"] = { max_line_length = false, unused = false, unused_args = false }
-- luup finds what it calls by global name.
files["hosts/openluup/L_Seam1.lua"] = {
  globals = { "seam_startup", "seam_timer", "seam_run", "seam_job", "seam_refresh" }, read_globals = { "luup" },
}
files["spec"] = { std = "min+busted" }
files["**/*.rockspec"] = { std = "rockspec" }
files["lua/seam/openresty"] = { globals = { "ngx" } }
files["examples/openresty/app"] = { globals = { "ngx" } }
