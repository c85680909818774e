#include "people/portal_secret.h"

#include "base/result.h"
#include "crypto/digest.h"
#include "store/ring.h"

namespace lindung::people {

Result<crypto::HmacKey> portal_secret(store::KeyRing& ring) {
  const store::KeyName name{.cls = store::KeyClass::blind, .scope = "portal", .epoch = 1};
  if (const auto known = ring.key(name); known.has_error()) {
    if (known.error().code != Errc::not_found) return known.error();
    const auto added = ring.add({.name = name, .number = 0, .not_before = {}, .not_after = {}});
    if (added.has_error() && added.error().code != Errc::conflict) return added.error();
  }
  TRY(secret, ring.key(name));
  return crypto::HmacKey{secret.view()};
}

}  // namespace lindung::people
