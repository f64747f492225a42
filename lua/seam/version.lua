-- SPDX-License-Identifier: MIT
-- The library's version: the same text in CMakeLists.txt, in seam.core and in the headers we send.

return "0.1.0"
