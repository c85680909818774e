// The portal is a partner like any other: a citizen's own check-in is a question that it signs, about a token of its
// own link, and passes the same door. So occupancy, quotas, contacts and the log know one kind of visit, and the
// operator can suspend or cut the portal as they can any app. It registers itself when the first citizen needs it
// (docs/adr/0044-the-portal-as-a-partner.md).
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/link_token.h"
#include "domain/question.h"
#include "people/caller.h"
#include "service/platform.h"

namespace lindung::people {

inline constexpr std::string_view portal_partner_id = "portal";

// What signs the portal's questions now.
struct PortalSigner {
  PartnerId partner;
  std::uint64_t epoch{};
  KeyId key;
  crypto::Ed25519PrivateKey signing_key;
  Hash pact_digest{};
};

// One citizen's question, to be sealed and asked as the portal's.
struct OwnQuestion {
  PortalSigner signer;
  domain::Question question;
};

// What a citizen at a door asks for.
struct OwnWish {
  domain::Operation operation{domain::Operation::check_in};
  Bytes venue_code;
  RequestId request;  // the caller's, so that it can be asked again
  Moment at;          // likewise
};

// Thread-safe.
class PortalPartner {
 public:
  explicit PortalPartner(const service::Platform& platform) noexcept : platform_{platform} {}

  // The one way from a caller to a question: registers the portal and links the citizen where that was not done yet.
  // Errors: denied for a caller who is no citizen; conflict while the citizen restricts; partner_suspended and
  // partner_cut; not_found for an erased citizen; those of ring and database.
  [[nodiscard]] Result<OwnQuestion> question(const Caller& caller, const OwnWish& wish);

 private:
  [[nodiscard]] Result<PortalSigner> signer();
  [[nodiscard]] Result<void> enrol(Moment now);
  [[nodiscard]] Result<domain::LinkToken> token(const CitizenRef& citizen, std::uint64_t epoch);

  const service::Platform& platform_;
  std::mutex enrolling_;
};

}  // namespace lindung::people
