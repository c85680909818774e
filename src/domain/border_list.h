// What the travel server tells a border device, signed by the server and sealed for that device: whose codes count,
// which cards were changed or withdrawn, what other desks decided, and the keys of the days' documents.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/border_desk.h"
#include "domain/card_claims.h"

namespace lindung::domain {

struct ListedKey {
  Bytes point;  // 65 bytes, uncompressed
  Moment not_before;
  Moment not_after;
};
struct ListedDocumentKey {
  Day day;
  Secret<32> key;
};
// A card that is not as it was first made; all others are not named.
struct ListedCard {
  CardId id;
  std::uint64_t version{};  // the newest
  bool is_withdrawn{};
};
struct ListedPassing {
  CardId card;
  DocumentMark mark{};
  DeskVerdict verdict{};
  Moment at;
  std::string device;
};

struct BorderList {
  std::string device;  // whom it was made for
  std::string port;
  Moment made_at;
  std::uint64_t serial{};  // grows with each list for a device
  std::vector<ListedKey> keys;
  std::vector<ListedDocumentKey> document_keys;
  std::vector<ListedCard> cards;
  std::vector<ListedPassing> passings;
};

// Errors: malformed for a device's public key that is none.
[[nodiscard]] Result<Bytes> seal_border_list(const BorderList& list, const crypto::Ed25519PrivateKey& server,
                                             const crypto::X25519PublicKey& device);
// Errors: malformed where it does not open for this device or is no list; bad_signature for another server's.
[[nodiscard]] Result<BorderList> open_border_list(BytesView sealed, std::string_view device,
                                                  const crypto::X25519PrivateKey& key,
                                                  const crypto::Ed25519PublicKey& server);

}  // namespace lindung::domain
