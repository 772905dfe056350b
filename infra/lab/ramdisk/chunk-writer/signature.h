#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stdbool.h>

/* Whether a file's signature, 64 raw bytes in a file of their own, is by the private half of this key: Ed25519, in PEM. */
bool is_signed_by(const char *key_path, const char *path, const char *signature_path);

#endif
