-- The library runs on Lua 5.1 to 5.4 and LuaJIT: "min" is their intersection.
std = "min"
max_line_length = 120
files["lua/seam/api"] = { max_line_length = false }
files["spec"] = { std = "min+busted" }
files["seam-scm-1.rockspec"] = { std = "rockspec" }
files["lua/seam/openresty"] = { globals = { "ngx" } }
files["examples/openresty/app"] = { globals = { "ngx" } }
