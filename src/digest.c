/* SPDX-License-Identifier: MIT
 * HMAC-SHA256, base64, constant-time comparison and randomness, all by OpenSSL. */
#include "digest.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

int seam_digest_hmac_sha256(const char *key, size_t key_length, const char *text, size_t length,
                            unsigned char digest[SEAM_HMAC_SIZE]) {
  unsigned int written = 0;
  if (key_length > INT_MAX) return -1;
  if (HMAC(EVP_sha256(), key, (int)key_length, (const unsigned char *)text, length, digest,
           &written) == NULL) {
    return -1;
  }
  return written == SEAM_HMAC_SIZE ? 0 : -1;
}

int seam_digest_random(unsigned char *bytes, size_t length) {
  if (length > INT_MAX) return -1;
  return RAND_bytes(bytes, (int)length) == 1 ? 0 : -1;
}

int seam_digest_equal(const char *a, size_t a_length, const char *b, size_t b_length) {
  return a_length == b_length && CRYPTO_memcmp(a, b, a_length) == 0;
}

size_t seam_digest_base64_room(size_t length) {
  if (length > INT_MAX / 2) return 0;
  return (length + 2) / 3 * 4 + 1;
}

size_t seam_digest_base64_encode(const char *text, size_t length, char *out) {
  int written = EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)text, (int)length);
  return written < 0 ? 0 : (size_t)written;
}

static int in_alphabet(unsigned char byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         (byte >= '0' && byte <= '9') || byte == '+' || byte == '/';
}

const char *seam_digest_base64_decode(const char *text, size_t length, char *out,
                                      size_t *out_length) {
  size_t i, padding = 0;
  int written;
  if (length % 4 != 0) return "the length of base64 text is a multiple of 4";
  if (length > INT_MAX) return "the text is too long";
  while (padding < 2 && padding < length && text[length - 1 - padding] == '=') padding++;
  /* EVP_DecodeBlock skips blanks and stops at odd bytes without a word, so look first. */
  /* cppcheck-suppress knownConditionTrueFalse; it takes the padding for all there is */
  for (i = 0; i < length - padding; i++) {
    if (!in_alphabet((unsigned char)text[i])) return "a byte that base64 does not have";
  }
  *out_length = 0;
  if (length == 0) return NULL;
  written = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)text, (int)length);
  if (written < (int)padding) return "not base64";
  *out_length = (size_t)written - padding;
  return NULL;
}
