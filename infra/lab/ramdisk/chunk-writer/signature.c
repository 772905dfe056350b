#include "signature.h"
#include "fault.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

/* No manifest is longer (infra/images). */
#define LARGEST_FILE (64u * 1024 * 1024)

static unsigned char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "r");
  if (file == NULL) fail(STATUS_INPUT, "%s cannot be read", path);
  size_t room = 1024 * 1024;
  unsigned char *bytes = allocate(NULL, room);
  *length = 0;
  while ((*length += fread(bytes + *length, 1, room - *length, file)) == room) {
    if (room >= LARGEST_FILE) fail(STATUS_INPUT, "%s is too long", path);
    bytes = allocate(bytes, room *= 2);
  }
  fclose(file);
  return bytes;
}

bool is_signed_by(const char *key_path, const char *path, const char *signature_path) {
  FILE *file = fopen(key_path, "r");
  EVP_PKEY *key = file == NULL ? NULL : PEM_read_PUBKEY(file, NULL, NULL, NULL);
  if (key == NULL || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) fail(STATUS_INPUT, "%s holds no Ed25519 key", key_path);
  size_t length, signature_length;
  unsigned char *bytes = read_file(path, &length);
  unsigned char *signature = read_file(signature_path, &signature_length);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  return context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
         EVP_DigestVerify(context, signature, signature_length, bytes, length) == 1;
}
