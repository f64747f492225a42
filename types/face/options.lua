-- SPDX-License-Identifier: MIT
-- The option tables of clients and calls, and what hooks are told.
---@meta _

---@class seam.WaitOptions
---@field timeout? number seconds, 10 unless given
---@field polling_interval? number seconds between two questions at most, 1 unless given

---@class seam.CallOptions
---@field timeout? number seconds for the whole call, all its attempts included
---@field retries? integer 0 to 10, for what only reads or was provably never sent
---@field wait_for_action_attempt? boolean|seam.WaitOptions
---@field headers? table<string, string>
---@field retry_rate_limited_writes? boolean

---@class seam.ClientOptions: seam.CallOptions
---@field api_key? string
---@field personal_access_token? string
---@field workspace_id? string
---@field client_session_token? string
---@field endpoint? string
---@field allow_insecure? boolean plain HTTP to other machines
---@field ca_file? string
---@field proxy? string a URL
---@field connect_timeout? number seconds
---@field max_response_bytes? integer
---@field transport? table with methods perform, sleep and now
---@field loop? "blocking"|"luv"|"copas"|"cqueues"|seam.Loop
---@field blocking? boolean in nginx: hold the worker
---@field on_request? fun(report: seam.RequestReport)
---@field on_response? fun(report: seam.ResponseReport)
---@field on_retry? fun(report: seam.RetryReport)

---@class seam.RequestReport
---@field method string
---@field path string
---@field url string
---@field headers table<string, string> secrets masked
---@field attempt integer 1 for the first

---@class seam.ResponseReport
---@field method string
---@field path string
---@field attempt integer
---@field duration number seconds
---@field status? integer
---@field request_id? string
---@field error? table a copy of the error

---@class seam.RetryReport
---@field method string
---@field path string
---@field attempt integer the one that failed
---@field delay number seconds
---@field error table a copy of the error

---@class seam.RawRequest
---@field path string "/devices/list"
---@field method? "GET"|"POST"|"PUT"|"PATCH"|"DELETE"
---@field params? table
---@field reads? boolean whether it may be sent again
---@field timeout? number seconds
---@field retries? integer
---@field headers? table<string, string>

---@class seam.ResponseMeta
---@field status integer
---@field request_id? string
---@field headers table<string, string>

---@class seam.GatherOptions
---@field loop? "blocking"|"luv"|"copas"|"cqueues"|seam.Loop

---@class seam.MapOptions: seam.GatherOptions
---@field concurrency? integer 16 unless given
---@field on_progress? fun(done: integer, total: integer)
