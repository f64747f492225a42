-- SPDX-License-Identifier: MIT
-- Loaded before the first spec. busted takes back what a file of specs has loaded, and luv must not be loaded
-- twice in one Lua state: its loop is collected with the first.

pcall(require, "luv")
