-- SPDX-License-Identifier: MIT
-- Bookings from iCalendar files to the access codes that seam.codes keeps. Its functions raise error objects;
-- `seam.calendar.safe` is the same with nil and the error instead.

return require("seam.calendar.face").new(true)
