// What anybody may read: the gateway's keys, the transparency log with its proofs (protocol.md sections 3 and 11), and
// how often officers set colours.
#pragma once

#include <memory>
#include <vector>

#include "api/borrow.h"
#include "base/result.h"
#include "base/time.h"
#include "http/router.h"
#include "service/address_limit.h"
#include "service/directory.h"
#include "service/disclosures.h"
#include "service/log_publisher.h"
#include "service/platform.h"
#include "store/ring.h"

namespace lindung::api {

// What these routes read; alive as long as the pointer that `source` gave.
struct PublicGround {
  const store::KeyRing& ring;
  const service::CurrentDirectory& directory;
  service::LogPublisher& publisher;
  const Clock& clock;
  const service::Platform& platform;
  const service::DisclosureOptions& disclosure;
  service::AddressLimit& disclosure_limit;
  bool is_sandbox{};
};
// Errors: sealed, unavailable.
using PublicSource = Source<const PublicGround>;

[[nodiscard]] std::vector<http::Route> public_routes(const PublicSource& source);

// The body of GET /.well-known/lindung-keys, and for how long it may be kept.
struct KeyDocument {
  std::string body;
  seconds max_age{};
};
[[nodiscard]] Result<KeyDocument> key_document(const PublicGround& ground);

}  // namespace lindung::api
