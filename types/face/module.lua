-- SPDX-License-Identifier: MIT
-- What `require "seam"` and `require "seam.safe"` return: constructors, helpers, and all of a client.
---@meta _

---@class seam.Constants
---@field _VERSION string
---@field null seam.Null
---@field is_error fun(value: any, name?: seam.ErrorName): boolean
---@field check fun(value: any, err?: any, ...: any): any, any like assert, for error objects

---@class seam.Module: seam.Client, seam.Constants
---@field new fun(options?: string|seam.ClientOptions): seam.Client
---@field from_api_key fun(key: string, options?: seam.ClientOptions): seam.Client
---@field from_personal_access_token fun(token: string, workspace_id: string, options?: seam.ClientOptions): seam.Client
---@field from_client_session_token fun(token: string, options?: seam.ClientOptions): seam.Client
---@field from_publishable_key fun(key: string, user_identifier_key: string, options?: seam.ClientOptions): seam.Client
---@field without_workspace fun(options?: seam.ClientOptions): seam.Client
---@field serialize_params fun(params: table): string

---@class seam.safe.Module: seam.safe.Client, seam.Constants
---@field new fun(options?: string|seam.ClientOptions): seam.safe.Client|nil, seam.Error|nil
---@field from_api_key fun(key: string, options?: seam.ClientOptions): seam.safe.Client|nil, seam.Error|nil
---@field from_personal_access_token fun(token: string, workspace_id: string, options?: seam.ClientOptions): seam.safe.Client|nil, seam.Error|nil
---@field from_client_session_token fun(token: string, options?: seam.ClientOptions): seam.safe.Client|nil, seam.Error|nil
---@field from_publishable_key fun(key: string, user_identifier_key: string, options?: seam.ClientOptions): seam.safe.Client|nil, seam.Error|nil
---@field without_workspace fun(options?: seam.ClientOptions): seam.safe.Client|nil, seam.Error|nil
---@field serialize_params fun(params: table): string|nil, seam.Error|nil
