// Makes HC1 texts for tests: whatever may be wrong with one can be set.
#pragma once

#include <zlib.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/signer.h"
#include "cert/trust_store.h"
#include "codec/base45.h"
#include "codec/cbor.h"
#include "crypto/certificate_key.h"
#include "crypto/ecdsa.h"

namespace lindung::cert {

inline const Moment issued_at = moment_of(1'630'000'000);
inline const Moment expires_at = moment_of(1'660'000'000);
inline const Moment now = moment_of(1'640'000'000);

// A key, and the signer that others know it as.
class TestSigner {
 public:
  explicit TestSigner(std::string country, std::string_view kid = "12345678")
      : key_{crypto::Es256PrivateKey::generate().value()},
        country_{std::move(country)},
        kid_{to_bytes(as_bytes(kid))} {}

  [[nodiscard]] Signer signer(std::size_t list = 0) const {
    const auto point = key_.public_point();
    return {.key = crypto::CertificateKey::from_coordinates(crypto::KeyKind::p256, BytesView{point}.subspan(1, 32),
                                                            BytesView{point}.last(32))
                       .value(),
            .kid = kid_,
            .countries = {country_},
            .usage = {},
            .not_before = issued_at - std::chrono::days{100},
            .not_after = expires_at + std::chrono::days{100},
            .list = list};
  }
  [[nodiscard]] Bytes sign(BytesView message) const {
    const auto signature = key_.sign(message).value();
    return to_bytes(signature);
  }
  [[nodiscard]] const Bytes& kid() const noexcept { return kid_; }

 private:
  crypto::Es256PrivateKey key_;
  std::string country_;
  Bytes kid_;
};

enum class Hc1Entry : std::uint8_t { dose, positive_test, recovery };

struct Hc1Draft {
  std::string issuer{"DE"};
  std::string entry_country{"DE"};
  std::string date{"2021-08-01"};
  std::string version{"1.3.0"};
  std::optional<Bytes> protected_kid{};    // else that of the signer
  std::optional<Bytes> unprotected_kid{};  // else none
  bool kid_in_protected{true};
  Hc1Entry entry{Hc1Entry::dose};
  std::string birth{"1964-08-12"};
  std::string family{"MUSTERMANN"};
  std::string given{"ERIKA"};
  std::string product{"EU/1/20/1528"};
  std::string prophylaxis{"1119349007"};
  std::string uci{"URN:UVCI:01:DE:1"};
  int dose{2};
};

using TextMembers = std::vector<std::pair<std::string, std::string>>;

inline void write_members(codec::CborWriter& w, const TextMembers& members) {
  for (const auto& [name, value] : members) w.text(name).text(value);
}

inline void write_entry(codec::CborWriter& w, const Hc1Draft& draft) {
  const TextMembers shared{{"tg", "840539006"}, {"co", draft.entry_country}, {"is", "Ministry"}, {"ci", draft.uci}};
  switch (draft.entry) {
    case Hc1Entry::dose:
      w.text("v").array(1).map(10);
      write_members(w, {{"vp", draft.prophylaxis}, {"mp", draft.product}, {"ma", "ORG-100030215"}, {"dt", draft.date}});
      w.text("dn").integer(draft.dose).text("sd").integer(2);
      break;
    case Hc1Entry::positive_test:
      w.text("t").array(1).map(8);
      write_members(w, {{"tt", "LP6464-4"}, {"tr", "260373001"}, {"sc", "2021-08-20T10:03:12Z"}, {"tc", "Centre"}});
      break;
    case Hc1Entry::recovery:
      w.text("r").array(1).map(7);
      write_members(w, {{"fr", "2021-05-20"}, {"df", "2021-06-01"}, {"du", "2021-11-30"}});
      break;
  }
  write_members(w, shared);
}

inline Bytes dcc_payload(const Hc1Draft& draft) {
  codec::CborWriter w;
  w.map(4).integer(1).text(draft.issuer).integer(4).integer(expires_at.time_since_epoch().count());
  w.integer(6).integer(issued_at.time_since_epoch().count()).integer(-260).map(1).integer(1).map(4);
  w.text("ver").text(draft.version).text("dob").text(draft.birth);
  w.text("nam").map(2).text("fnt").text(draft.family).text("gnt").text(draft.given);
  write_entry(w, draft);
  return std::move(w).take();
}

inline std::string hc1_text(BytesView message) {
  Bytes compressed(compressBound(message.size()));
  auto size = compressed.size();
  compress(compressed.data(), &size, message.data(), message.size());
  compressed.resize(size);
  return "HC1:" + codec::base45(compressed);
}

inline std::string sign_hc1(const TestSigner& signer, BytesView payload, const Hc1Draft& draft = {}) {
  codec::CborWriter head;
  head.map(draft.kid_in_protected ? 2 : 1).integer(1).integer(-7);
  if (draft.kid_in_protected) head.integer(4).bytes(draft.protected_kid.value_or(signer.kid()));
  codec::CborWriter signed_part;
  signed_part.array(4).text("Signature1").bytes(head.view()).bytes({}).bytes(payload);
  codec::CborWriter message;
  message.tag(18).array(4).bytes(head.view()).map(draft.unprotected_kid ? 1 : 0);
  if (draft.unprotected_kid) message.integer(4).bytes(*draft.unprotected_kid);
  message.bytes(payload).bytes(signer.sign(signed_part.view()));
  return hc1_text(message.view());
}

inline std::string make_hc1(const TestSigner& signer, const Hc1Draft& draft = {}) {
  return sign_hc1(signer, dcc_payload(draft), draft);
}

inline TrustStore trusting(const std::vector<const TestSigner*>& signers, TrustList list = {}) {
  TrustStore trust;
  trust.add_list(std::move(list));
  for (const auto* each : signers) trust.add_signer(std::make_shared<const Signer>(each->signer()));
  return trust;
}

}  // namespace lindung::cert
