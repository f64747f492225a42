-- SPDX-License-Identifier: MIT
-- The API documents many moments as plain text. Whatever it formats as date-time is a time already;
-- this table settles the rest by name. A text parameter (or list of texts) that sounds like a time
-- (see `sounds_like_a_time`) and stands in neither list stops the generator.

return {
  -- A moment on the calendar: epoch seconds make sense, ISO 8601 goes out.
  times = {
    "between",
    "ends_at",
    "since",
    "starts_at",
  },

  -- A time of day, repeated daily, or the name of a time zone: must stay the text it is.
  texts = {
    "default_checkin_time",
    "default_checkout_time",
    "ends_daily_at",
    "starts_at_time",
    "starts_daily_at",
    "time_zone",
  },

  sounds_like_a_time = {
    "_at$", "_before$", "_after$", "_since$", "_until$", "_on$", "^since$", "^until$", "^between$",
    "^before$", "^after$", "time$", "time_", "timestamp", "date$", "^date",
  },
}
