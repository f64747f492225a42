-- SPDX-License-Identifier: MIT
-- The names that luup knows our devices and their services by.

return {
  SEAM = "urn:seam-co:serviceId:Seam1",
  LOCK = "urn:micasaverde-com:serviceId:DoorLock1",
  HA = "urn:micasaverde-com:serviceId:HaDevice1",
  LOCK_TYPE = "urn:schemas-micasaverde-com:device:DoorLock:1",
  LOCK_FILE = "D_SeamLock1.xml",
}
