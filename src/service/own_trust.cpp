#include "service/own_trust.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "cert/pass_keys.h"
#include "cert/shc_issue.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "crypto/x509_certificate.h"
#include "service/authority.h"
#include "service/pass_keys.h"
#include "service/platform.h"
#include "service/signers.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

namespace json = boost::json;

Result<void> add_signers(const Platform& platform, cert::TrustReader& reader, std::size_t list) {
  const auto authority = find_authority(platform);
  if (authority.has_error() && authority.error().code == Errc::conflict) return ok();  // nothing is issued here
  if (authority.has_error()) return authority.error();
  TRY(signers, list_signers(platform));
  json::array cards;
  for (const auto& signer : signers) {
    if (signer.revoked_at) continue;
    if (signer.place.kind == SignerKind::card) {
      cards.emplace_back(cert::card_jwk(signer.public_point));
      continue;
    }
    TRY(certificate, crypto::X509Certificate::from_der(signer.certificate));
    reader.add_signer(certificate, list);
  }
  return reader.add_jwks(json::object{{authority.value().names.card_issuer, json::object{{"keys", std::move(cards)}}}},
                         list);
}

Result<std::shared_ptr<const cert::TrustStore>> read(const Platform& platform) {
  auto store = std::make_shared<cert::TrustStore>();
  const auto list = store->add_list({.origin = "our own", .fetched = {}, .fresh_for = {}});
  cert::TrustReader reader{*store};
  TRYV(add_signers(platform, reader, list));
  TRY(passes, public_pass_keys(platform.ring));
  TRYV(reader.add_jwks(json::object{{"keys", cert::pass_key_set({}, passes).at("keys")}}, list));
  reader.finish();
  return std::shared_ptr<const cert::TrustStore>{std::move(store)};
}

}  // namespace

Result<OwnTrust::State> OwnTrust::state_of(const Platform& platform) {
  State out{.ring = platform.ring.generation(), .signers = 0, .revoked = 0};
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT COUNT(*), (SELECT COUNT(*) FROM revoked_signer) FROM signer"}, {},
                         [&](const store::Row& row) {
                           out.signers = row.integer(0);
                           out.revoked = row.integer(1);
                         }));
    return ok();
  }));
  return out;
}

Result<std::shared_ptr<const cert::TrustStore>> OwnTrust::get(const Platform& platform) {
  const std::scoped_lock lock{mutex_};
  TRY(state, state_of(platform));
  if (store_ == nullptr || state != state_) {
    TRY(store, read(platform));
    store_ = std::move(store);
    state_ = state;
  }
  return store_;
}

}  // namespace lindung::service
