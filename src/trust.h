/* SPDX-License-Identifier: MIT
 * Where the system keeps the certificates it trusts, and which form of them is quickest. */
#ifndef SEAM_TRUST_H
#define SEAM_TRUST_H

/* Looked up once per process; both stay NULL where libcurl was built without a default. */
typedef struct seam_trust {
  const char *file;   /* the bundle, or NULL when the folder serves alone */
  const char *folder; /* the folder with hash links, or NULL when the bundle serves alone */
} seam_trust;

const seam_trust *seam_trust_default(void);

#endif
