-- SPDX-License-Identifier: MIT
-- The page behind a Connect Webview's address: a plain form, without scripts.

local accounts = require "seam.sandbox.model.accounts"
local query_parser = require "seam.sandbox.query_parser"
local view = require "seam.sandbox.view.others"

local M = {}

M.PATH = "/connect_webviews/view"

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function escape(text)
  return (tostring(text):gsub("[&<>\"']", ENTITIES))
end

local STYLE = [[
body { font: 1rem/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 26rem; padding: 0 1rem; color: #222 }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit }
input { margin: .2rem 0 1rem; padding: .5rem; border: 1px solid #767676; border-radius: .3rem }
button { padding: .6rem; border: 0; border-radius: .3rem; background: #1f5fbf; color: #fff }
[role=alert] { border-left: .3rem solid #b00020; padding-left: .8rem }
[role=status] { border-left: .3rem solid #1b7f3b; padding-left: .8rem }
]]

local function page(status, title, body)
  return {
    status = status,
    headers = {
      ["content-type"] = "text/html; charset=utf-8", ["cache-control"] = "no-store",
      ["content-security-policy"] = "default-src 'none'; style-src 'unsafe-inline'",
      ["referrer-policy"] = "no-referrer",
    },
    body = '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
      .. '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>' .. escape(title)
      .. "</title>\n<style>\n" .. STYLE .. "</style>\n<main>\n<h1>" .. escape(title) .. "</h1>\n" .. body
      .. "</main>\n</html>\n",
  }
end

local function form(webview, email, reason)
  local alert = reason and ('<p role="alert">' .. escape(reason) .. "</p>\n") or ""
  local action = M.PATH .. "?connect_webview_id=" .. webview.id .. "&auth_token=" .. webview.auth_token
  return page(reason and 422 or 200, "Log in to Salto KS", alert
    .. "<p>This is the Seam sandbox. Nothing here leaves your machine.</p>\n"
    .. '<form method="post" action="' .. escape(action) .. '">\n'
    .. '<label for="email">E-mail</label>\n<input id="email" name="email" type="email" required '
    .. 'autocomplete="username" placeholder="jane@example.com" value="' .. escape(email or "") .. '">\n'
    .. '<label for="password">Password</label>\n<input id="password" name="password" type="password" required '
    .. 'autocomplete="current-password" aria-describedby="hint">\n'
    .. '<p id="hint">The sandbox accepts any address in example.com with the password 1234.</p>\n'
    .. '<button type="submit">Log in</button>\n</form>\n')
end

local function done()
  return page(200, "You are connected",
    '<p role="status">The Salto KS account is connected. You can close this page.</p>\n')
end

local function redirect(url)
  return {
    status = 303, body = "",
    headers = { location = url, ["content-type"] = "text/plain", ["cache-control"] = "no-store" },
  }
end

local function form_values(text)
  local _, lists = query_parser.pairs(text or "")
  local values = {}
  for name, list in pairs(lists) do values[name] = list[1] end
  return values
end

local function log_in(world, webview, request)
  local given = form_values(request.body)
  local ok, reason = accounts.login(world, webview, given.email or "", given.password or "")
  world.clock:tick()
  if ok then
    return webview.custom_redirect_url and redirect(webview.custom_redirect_url) or done()
  end
  local away = webview.custom_redirect_failure_url or webview.custom_redirect_url
  if away then return redirect(away) end
  return form(webview, given.email, reason)
end

--- Answers a request for the login page.
function M.handle(world, request)
  world.clock:tick()
  local given = form_values(request.query)
  local webview = world.webviews:get(given.connect_webview_id or "")
  if not webview or webview.auth_token ~= given.auth_token then
    return page(404, "No such login", "<p>This Connect Webview does not exist, or its address is not complete.</p>\n")
  end
  if webview.status == "authorized" then return done() end
  if request.method == "POST" then return log_in(world, webview, request) end
  return form(webview)
end

--- The page at "/": where to log in.
function M.index(world)
  local items = {}
  for _, webview in ipairs(world.webviews:newest()) do
    items[#items + 1] = '<li><a href="' .. escape(view.webview_url(world, webview)) .. '">' .. webview.id
      .. "</a> (" .. escape(webview.status) .. ")</li>\n"
  end
  local body = "<p>No Connect Webview has been created yet.</p>\n"
  if #items > 0 then body = "<ul>\n" .. table.concat(items) .. "</ul>\n" end
  return page(200, "Seam sandbox: Connect Webviews", body)
end

return M
