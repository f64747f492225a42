-- SPDX-License-Identifier: MIT
-- What surrounds a measurement: the server, the certificates that are trusted, the processor, the counts.

local files = require "files"
local server = require "server"

local M = {}

local function processors()
  return tonumber(files.output("nproc")) or 1
end

--- Puts the throwaway authority among the system's certificates, for this process and its children.
local function trust_in_namespace(folder, ca_file)
  files.run(([[cp -a /etc/ssl/certs %s/certs && cat %s >>%s/certs/ca-certificates.crt &&
    cp %s %s/certs/$(openssl x509 -noout -hash -in %s).0 && mount --bind %s/certs /etc/ssl/certs]]):format(
    folder, ca_file, folder, ca_file, folder, ca_file, folder))
end

--- Words for the environment of every contender.
local function environment(folder, ca_file)
  local words = { "NODE_EXTRA_CA_CERTS=" .. ca_file }
  if os.getenv("SEAM_BENCH_MOUNTS") then
    trust_in_namespace(folder, ca_file)
  else
    words[2] = "BENCH_CA_FILE=" .. ca_file
  end
  return table.concat(words, " ")
end

--- Opens the setting of a run.
---@param wanted table { rounds =, quick = }
---@return table setting
function M.open(wanted)
  local missing = server.missing()
  if missing then error("bench/run needs " .. missing, 0) end
  local folder = files.new_folder()
  local many = processors()
  local cpu = many > 1 and files.has_program("taskset") and many - 1 or nil
  local self = { folder = folder, cpu = cpu, rounds = wanted.quick and 1 or wanted.rounds or 7 }
  self.quick, self.runs = wanted.quick, wanted.quick and 1 or nil
  self.server = server.start(folder, wanted.quick and 20 or 1000, cpu)
  self.environment = environment(folder, self.server.ca_file)
  function self.counts(scenario)
    return wanted.quick and math.min(scenario.count, 3) or scenario.count
  end
  return self
end

--- One line about the machine and what runs on it.
---@return string
function M.words()
  local function first(command) return (files.output(command) or "?"):match("[^\n]*") end
  return ("%s, %s x %s, Linux %s, libcurl %s, %s"):format(os.date("!%Y-%m-%d"), first("nproc"),
    first("sed -n 's/^model name[^:]*: //p' /proc/cpuinfo"), first("uname -r"),
    first("curl-config --version | sed 's/libcurl //'"), first("nginx -v 2>&1 | sed 's/.*: //'"))
end

---@param self table
function M.close(self)
  self.server:stop()
  if os.getenv("SEAM_BENCH_MOUNTS") then files.run("umount /etc/ssl/certs") end
  files.run("rm -r " .. self.folder)
end

return M
