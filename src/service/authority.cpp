#include "service/authority.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/es256_signer.h"
#include "crypto/pkcs11_token.h"
#include "crypto/random.h"
#include "crypto/x509_certificate.h"
#include "crypto/x509_issue.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "service/settings.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::chrono::days authority_life{3653};  // ten years
constexpr std::size_t coordinate_size = 32;
constexpr std::size_t longest_address = 200;
constexpr std::string_view device_label = "lindung authority";  // one installation a token

const store::KeyName authority_key{.cls = store::KeyClass::authority, .scope = "", .epoch = 1};

store::RowAddress address() {
  return {.table = "setting", .primary_key = as_bytes(setting::authority), .version = row_version};
}

Result<void> put(store::Transaction& transaction, const store::KeyRing& ring, const Authority& authority) {
  codec::CborWriter out;
  out.array(6)
      .uint(1)
      .text(authority.names.country)
      .text(authority.names.organisation)
      .text(authority.names.card_issuer)
      .bytes(authority.certificate.der())
      .uint(authority.log_index);
  TRY(sealed, store::RowSealer{ring}.seal(address(), out.view()));
  return write_setting(transaction, setting::authority, sealed);
}

// As it is stored, its certificate not read yet.
struct Kept {
  AuthorityNames names;
  Bytes der;
  std::uint64_t log_index{};
};

Result<Kept> decode(BytesView plain) {
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != 6 || version != 1) return fail(Errc::corrupt, "authority: version");
  TRY(country, in.text());
  TRY(organisation, in.text());
  TRY(card_issuer, in.text());
  TRY(der, in.bytes());
  TRY(log_index, in.uint());
  TRYV(in.end());
  return Kept{.names = {.country = std::string{country},
                        .organisation = std::string{organisation},
                        .card_issuer = std::string{card_issuer}},
              .der = to_bytes(der),
              .log_index = log_index};
}

Result<Kept> find_kept(store::Transaction& transaction, const store::KeyRing& ring) {
  TRY(sealed, read_setting(transaction, setting::authority));
  if (!sealed) return fail(Errc::conflict, "there is no authority yet (lindung pki init)");
  TRY(plain, store::RowSealer{ring}.open(address(), *sealed));
  return decode(plain);
}

Result<void> check_address(std::string_view address) {
  constexpr std::string_view scheme = "https://";
  const bool is_address = address.starts_with(scheme) && address.size() > scheme.size() &&
                          address.size() <= longest_address && !address.ends_with('/') &&
                          address.find_first_of(" \t\r\n?#\"") == std::string_view::npos;
  if (!address.empty() && !is_address) {
    return fail(Errc::invalid_argument, "card issuer: https://… without a slash at the end is needed");
  }
  return ok();
}

}  // namespace

Result<Authority> find_authority(store::Transaction& transaction, const store::KeyRing& ring) {
  TRY(kept, find_kept(transaction, ring));
  TRY(certificate, crypto::X509Certificate::from_der(kept.der));
  return Authority{.names = std::move(kept.names), .certificate = std::move(certificate), .log_index = kept.log_index};
}

Result<AuthorityNames> find_authority_names(store::Transaction& transaction, const store::KeyRing& ring) {
  TRY(kept, find_kept(transaction, ring));
  return std::move(kept.names);
}

Result<Authority> find_authority(const Platform& platform) {
  std::optional<Authority> found;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(authority, find_authority(transaction, platform.ring));
    found = std::move(authority);
    return ok();
  }));
  return std::move(*found);
}

Result<std::unique_ptr<crypto::Es256Signer>> signing_key(const store::KeyRing& ring, const store::KeyName& name) {
  TRY(scalar, ring.key(name));
  TRY(key, crypto::Es256PrivateKey::from_scalar(scalar));
  return std::unique_ptr<crypto::Es256Signer>{std::make_unique<crypto::KeySigner>(std::move(key))};
}

Result<std::shared_ptr<const crypto::Es256Signer>> authority_signer(const Platform& platform) {
  auto in_ring = signing_key(platform.ring, authority_key);
  if (in_ring.has_value()) return std::shared_ptr<const crypto::Es256Signer>{std::move(in_ring).value()};
  if (platform.device == nullptr || in_ring.error().code != Errc::not_found) return in_ring.error();
  return platform.device->key(device_label);
}

Result<void> ensure_signing_key(store::KeyRing& ring, const store::KeyInfo& info) {
  const auto known = ring.key(info.name);
  if (known.has_value()) return ok();
  if (known.error().code != Errc::not_found) return known.error();
  // Almost every draw is a scalar of the curve.
  auto scalar = crypto::random_secret<32>();
  while (crypto::Es256PrivateKey::from_scalar(scalar).has_error()) scalar = crypto::random_secret<32>();
  auto added = ring.add(info, scalar);
  if (added.has_value() || added.error().code != Errc::conflict) return added;
  TRYV(ring.refresh());
  TRYV(ring.key(info.name));
  return ok();
}

Result<Hash> public_key_digest(BytesView point) {
  TRY(key, crypto::CertificateKey::from_coordinates(crypto::KeyKind::p256, point.subspan(1, coordinate_size),
                                                    point.last(coordinate_size)));
  return crypto::sha256(key.spki());
}

namespace {

Result<void> ensure_authority_key(const Platform& platform, const crypto::Period& valid) {
  const auto known = authority_signer(platform);
  if (known.has_value()) return ok();
  if (known.error().code != Errc::not_found) return known.error();
  if (platform.device != nullptr) {
    TRYV(platform.device->generate(device_label));
    return ok();
  }
  return ensure_signing_key(platform.ring,
                            {.name = authority_key, .number = 0, .not_before = valid.from, .not_after = valid.until});
}

}  // namespace

// The key first, then its certificate and the entry of the log in one unit: killed in between, the same key gets them.
Result<Authority> make_authority(const Platform& platform, const AuthorityNames& names) {
  TRYV(check_address(names.card_issuer));
  const auto from = start_of(day_of(platform.clock.now()));
  const crypto::Period valid{.from = from, .until = from + authority_life};
  const crypto::CertificateNames subject{
      .country = names.country, .organisation = names.organisation, .common_name = names.country + " CSCA health"};
  TRYV(ensure_authority_key(platform, valid));
  TRY(key, authority_signer(platform));
  TRY(certificate, crypto::issue_authority(*key, subject, valid));
  TRY(digest, public_key_digest(key->public_point()));
  Authority made{.names = names, .certificate = std::move(certificate)};
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(known, read_setting(unit.transaction(), setting::authority));
    if (known) return fail(Errc::conflict, "there is an authority already: others believe it");
    TRY(index, unit.log(log::KeyEntry{.at = unit.now(),
                                      .owner = pki_owner,
                                      .use = "authority",
                                      .key_id = codec::hex(made.certificate.fingerprint()),
                                      .public_key_digest = digest,
                                      .added = true}));
    made.log_index = index;
    return put(unit.transaction(), platform.ring, made);
  }));
  return made;
}

}  // namespace lindung::service
