-- SPDX-License-Identifier: MIT
-- plant.lua <file> <from> <to>: replaces what stands in the file exactly once. A row plants a bug in
-- a copy of the sources to show that its check would see one.

local files = require "support.files"

local path, from, to = ...
files.write(path, files.replace_once(files.read(path), from, to))
