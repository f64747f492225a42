/* SPDX-License-Identifier: MIT
 * HMAC-SHA256, base64, constant-time comparison and randomness, all by OpenSSL. */
#ifndef SEAM_DIGEST_H
#define SEAM_DIGEST_H

#include <stddef.h>

#define SEAM_HMAC_SIZE 32

/* Every function but equal returns 0, or -1 when OpenSSL failed and nothing usable came out. */
int seam_digest_hmac_sha256(const char *key, size_t key_length, const char *text, size_t length,
                            unsigned char digest[SEAM_HMAC_SIZE]);

int seam_digest_random(unsigned char *bytes, size_t length);

/* 1 when equal. The time taken tells the length at most, never where two texts differ. */
int seam_digest_equal(const char *a, size_t a_length, const char *b, size_t b_length);

/* Room an encoded text needs, its closing NUL included; 0 when the text is too long. */
size_t seam_digest_base64_room(size_t length);

/* `out` has seam_digest_base64_room bytes; returns the length without the NUL. */
size_t seam_digest_base64_encode(const char *text, size_t length, char *out);

/* Strict: the standard alphabet, padded, nothing else. `out` has `length` bytes of room.
 * Returns NULL and sets *out_length, or the reason the text was refused. */
const char *seam_digest_base64_decode(const char *text, size_t length, char *out,
                                      size_t *out_length);

#endif
