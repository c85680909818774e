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

Result<std::shared_ptr<const cert::TrustStore>> OwnTrust::get(const Platform& platform) {
  const std::scoped_lock lock{mutex_};
  const auto now = platform.clock.since_boot();
  if (store_ == nullptr || now - read_at_ > age) {
    TRY(store, read(platform));
    store_ = std::move(store);
    read_at_ = now;
  }
  return store_;
}

}  // namespace lindung::service
