-- SPDX-License-Identifier: MIT
-- A client of seam.safe: what a client raises stands behind nil here.
---@meta _

---@class seam.safe.Client: seam.safe.Namespaces
local Client = {}

---@param method function a paginated endpoint, for example client.devices.list
---@param params? table
---@param options? seam.CallOptions
---@return seam.Paginator|nil
---@return seam.Error|nil
---@overload fun(method: function, params?: table, options?: seam.CallOptions): seam.Paginator|nil, seam.Error|nil
function Client:create_paginator(method, params, options) end

---@param path string "/locks/unlock_door"
---@param params? table|string
---@param options? seam.CallOptions
---@return seam.PreparedRequest|nil
---@return seam.Error|nil
---@overload fun(path: string, params?: table|string, options?: seam.CallOptions): seam.PreparedRequest|nil, seam.Error|nil
function Client:prepare(path, params, options) end

---@param path string "/locks/unlock_door": of a request that was prepared, maybe elsewhere
---@param status integer
---@param headers table<string, string>
---@param body string
---@return any|nil value
---@return any|seam.Error extra
---@overload fun(path: string, status: integer, headers: table<string, string>, body: string): any|nil, any|seam.Error
function Client:interpret(path, status, headers, body) end

---@param request seam.RawRequest
---@return table|nil body
---@return seam.ResponseMeta|seam.Error|nil
---@overload fun(request: seam.RawRequest): table|nil, seam.ResponseMeta|seam.Error|nil
function Client:request(request) end

---@param workspace_id string
---@return seam.safe.Client|nil
---@return seam.Error|nil
---@overload fun(workspace_id: string): seam.safe.Client|nil, seam.Error|nil
function Client:with_workspace(workspace_id) end

---@param token string
---@return true|nil
---@return seam.Error|nil
---@overload fun(token: string): true|nil, seam.Error|nil
function Client:update_client_session_token(token) end

---@param seconds number
---@return true|nil
---@return seam.Error|nil
---@overload fun(seconds: number): true|nil, seam.Error|nil
function Client:sleep(seconds) end

---@return number|nil seconds of a monotonic clock
---@return seam.Error|nil
---@overload fun(): number|nil, seam.Error|nil
function Client:now() end

---@return number|nil seconds since the epoch
---@return seam.Error|nil
---@overload fun(): number|nil, seam.Error|nil
function Client:time() end

---@param functions table<any, fun(): any>
---@param options? seam.GatherOptions
---@return table<any, any>|nil results under the same keys
---@return seam.Error|nil
---@overload fun(functions: table<any, fun(): any>, options?: seam.GatherOptions): table<any, any>|nil, seam.Error|nil
function Client:gather(functions, options) end

---@param list any[]
---@param f fun(item: any, index: integer): any
---@param options? seam.MapOptions
---@return any[]|nil results in the order of the list
---@return seam.Error|nil
---@overload fun(list: any[], f: (fun(item: any, index: integer): any), options?: seam.MapOptions): any[]|nil, seam.Error|nil
function Client:map(list, f, options) end

---@return true|nil
---@return seam.Error|nil
---@overload fun(): true|nil, seam.Error|nil
function Client:close() end
