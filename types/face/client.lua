-- SPDX-License-Identifier: MIT
-- A client: namespaces, and methods that may be called with a dot or with a colon.
---@meta _

---@class seam.Client: seam.Namespaces
local Client = {}

---@param method function a paginated endpoint, for example client.devices.list
---@param params? table
---@param options? seam.CallOptions
---@return seam.Paginator
---@overload fun(method: function, params?: table, options?: seam.CallOptions): seam.Paginator
function Client:create_paginator(method, params, options) end

---@param path string "/locks/unlock_door"
---@param params? table|string
---@param options? seam.CallOptions
---@return seam.PreparedRequest
---@overload fun(path: string, params?: table|string, options?: seam.CallOptions): seam.PreparedRequest
function Client:prepare(path, params, options) end

---@param path string "/locks/unlock_door": of a request that was prepared, maybe elsewhere
---@param status integer
---@param headers table<string, string>
---@param body string
---@return any value
---@return any extra
---@overload fun(path: string, status: integer, headers: table<string, string>, body: string): any, any
function Client:interpret(path, status, headers, body) end

---@param request seam.RawRequest
---@return table body
---@return seam.ResponseMeta meta
---@overload fun(request: seam.RawRequest): table, seam.ResponseMeta
function Client:request(request) end

---@param workspace_id string
---@return seam.Client
---@overload fun(workspace_id: string): seam.Client
function Client:with_workspace(workspace_id) end

---@param token string
---@return true
---@overload fun(token: string): true
function Client:update_client_session_token(token) end

---@param seconds number
---@return true
---@overload fun(seconds: number): true
function Client:sleep(seconds) end

---@return number seconds of a monotonic clock
---@overload fun(): number
function Client:now() end

---@return number seconds since the epoch
---@overload fun(): number
function Client:time() end

---@param functions table<any, fun(): any>
---@param options? seam.GatherOptions
---@return table<any, any> results under the same keys
---@overload fun(functions: table<any, fun(): any>, options?: seam.GatherOptions): table<any, any>
function Client:gather(functions, options) end

---@param list any[]
---@param f fun(item: any, index: integer): any
---@param options? seam.MapOptions
---@return any[] results in the order of the list
---@overload fun(list: any[], f: (fun(item: any, index: integer): any), options?: seam.MapOptions): any[]
function Client:map(list, f, options) end

---@return true
---@overload fun(): true
function Client:close() end
