#include "store/blind_index.h"

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "store/ring.h"

namespace lindung::store {

Result<Hash> BlindIndex::of(std::string_view purpose, BytesView value) const {
  return of(KeyName{.cls = KeyClass::blind, .scope = std::string{purpose}, .epoch = epoch}, value);
}

Result<Hash> BlindIndex::of(const KeyName& name, BytesView value) const {
  TRY(key, ring_->hmac_key(name));
  return key->mac(value);
}

}  // namespace lindung::store
