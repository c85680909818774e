#include "cert/cose_sign1.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"
#include "codec/cbor.h"
#include "codec/cbor_tree.h"
#include "crypto/certificate_key.h"

namespace lindung::cert {
namespace {

using codec::CborItem;
using codec::CborTree;
using codec::CborType;

// IANA COSE: tags, header parameters, algorithms.
constexpr std::uint64_t tag_sign1 = 18;
constexpr std::uint64_t tag_cwt = 61;
constexpr std::int64_t label_algorithm = 1;
constexpr std::int64_t label_critical = 2;
constexpr std::int64_t label_kid = 4;
constexpr std::int64_t es256 = -7;
constexpr std::int64_t ps256 = -37;

auto refuse_cose(Reason reason, std::string detail) { return refuse(Step::cose, reason, std::move(detail)); }

std::optional<CborItem> header(const std::optional<CborItem>& first, const CborItem& second, std::int64_t label) {
  if (first) {
    if (const auto found = first->find(label)) return found;
  }
  return second.find(label);
}

bool lies_in(BytesView outer, BytesView inner) {
  const std::less_equal<> not_behind;
  return not_behind(outer.data(), inner.data()) && not_behind(inner.data() + inner.size(), outer.data() + outer.size());
}

}  // namespace

Checked<CoseSign1> CoseSign1::read(BytesView bytes) {
  const auto tree = CborTree::read(bytes);
  if (!tree) return refuse_cose(Reason::cbor, tree.error().detail);
  auto item = tree.value().root();
  if (item.type() == CborType::tag && item.argument() == tag_cwt) item = item.tagged();
  if (item.type() == CborType::tag && item.argument() == tag_sign1) item = item.tagged();
  if (!item.is_array() || item.size() != 4) return refuse_cose(Reason::cose, "not an array of four");
  const auto protected_header = item.at(0)->bytes();
  const auto unprotected_header = *item.at(1);
  const auto payload = item.at(2)->bytes();
  const auto signature = item.at(3)->bytes();
  if (!protected_header || !unprotected_header.is_map() || !payload || !signature) {
    return refuse_cose(Reason::cose, "headers, payload or signature of another type");
  }
  CoseSign1 out;
  std::optional<CborTree> protected_tree;
  std::optional<CborItem> protected_map;
  if (!protected_header->empty()) {
    auto read = CborTree::read(*protected_header);
    if (!read) return refuse_cose(Reason::cbor, "protected header: " + read.error().detail);
    protected_tree = std::move(read.value());
    protected_map = protected_tree->root();
    if (!protected_map->is_map()) return refuse_cose(Reason::cose, "a protected header that is no map");
  }
  out.protected_is_empty_ = !protected_map || protected_map->size() == 0;
  if (header(protected_map, unprotected_header, label_critical)) {
    return refuse_cose(Reason::cose_critical, "crit");
  }
  const auto algorithm = header(protected_map, unprotected_header, label_algorithm);
  if (!algorithm) return refuse_cose(Reason::cose_algorithm, "none");
  const auto number = algorithm->integer();
  if (number != es256 && number != ps256) return refuse_cose(Reason::cose_algorithm, "neither ES256 nor PS256");
  out.algorithm_ = number == es256 ? crypto::SignatureAlgorithm::es256 : crypto::SignatureAlgorithm::ps256;
  if (const auto kid = header(protected_map, unprotected_header, label_kid)) {
    const auto value = kid->bytes();
    if (!value) return refuse_cose(Reason::cose, "a kid that is no byte string");
    out.kid_ = to_bytes(*value);
  }
  out.protected_ = to_bytes(*protected_header);
  out.signature_ = to_bytes(*signature);
  out.payload_ = *payload;
  if (!lies_in(bytes, *payload)) {
    out.payload_holder_ = to_bytes(*payload);
    out.payload_ = out.payload_holder_;
  }
  return out;
}

// RFC 9052 section 4.4: ["Signature1", protected, external_aad, payload].
Bytes CoseSign1::signed_bytes(BytesView protected_header) const {
  constexpr std::size_t heads = 32;
  codec::CborWriter writer{heads + protected_header.size() + payload_.size()};
  writer.array(4).text("Signature1").bytes(protected_header).bytes({}).bytes(payload_);
  return std::move(writer).take();
}

bool CoseSign1::is_signed_by(const crypto::CertificateKey& key) const {
  if (key.verifies(algorithm_, signed_bytes(protected_), signature_)) return true;
  // An empty header may be sent as an empty map and is signed as no bytes at all.
  return protected_is_empty_ && !protected_.empty() && key.verifies(algorithm_, signed_bytes({}), signature_);
}

}  // namespace lindung::cert
