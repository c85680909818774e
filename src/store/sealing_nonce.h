// Random 96-bit nonces for sealed rows, drawn 64 at a time: a system call for each cost as much as sealing a row.
// Not here: secrets. A nonce stands plain beside what it sealed, so the ones not yet used are not wiped.
#pragma once

#include "base/bytes.h"
#include "crypto/aead.h"

namespace lindung::store {

// Thread-safe; a process made by fork() draws its own.
[[nodiscard]] ByteArray<crypto::gcm_nonce_size> fresh_nonce() noexcept;

}  // namespace lindung::store
