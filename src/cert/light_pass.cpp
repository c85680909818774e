#include "cert/light_pass.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/initials.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "codec/base45.h"
#include "codec/cbor.h"
#include "codec/cbor_tree.h"
#include "crypto/certificate_key.h"
#include "domain/pass_window.h"

namespace lindung::cert {
namespace {

// RFC 8392 section 4; a private claim (IANA CWT: below -65536) for the holder, [name, year of birth].
constexpr std::int64_t claim_iss = 1;
constexpr std::int64_t claim_exp = 4;
constexpr std::int64_t claim_nbf = 5;
constexpr std::int64_t claim_cti = 7;
constexpr std::int64_t claim_holder = -65537;
constexpr std::int64_t label_algorithm = 1;
constexpr std::int64_t label_kid = 4;
constexpr std::int64_t es256 = -7;
constexpr std::uint64_t tag_sign1 = 18;
constexpr std::uint32_t latest_birth = 9999;

// The order of P-256 (SEC 2, section 2.4.2), and half of it.
constexpr ByteArray<32> order{0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                              0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                              0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
constexpr ByteArray<32> half_order{0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b,
                                   0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8};

auto not_a_pass(const char* member) { return refuse(Step::cwt, Reason::schema, member); }

bool is_low(const PassSignature& signature) noexcept {
  return !std::ranges::lexicographical_compare(half_order, BytesView{signature}.last(32));
}

Bytes payload_of(const LightPassClaims& claims) {
  codec::CborWriter writer;
  writer.map(5);
  writer.integer(claim_iss).text(claims.issuer);
  writer.integer(claim_exp).uint(unix_seconds(claims.expires()));
  writer.integer(claim_nbf).uint(unix_seconds(claims.not_before));
  writer.integer(claim_cti).bytes(claims.id);
  writer.integer(claim_holder).array(2).text(claims.name).uint(claims.birth_year);
  return std::move(writer).take();
}

Bytes protected_header(const PassKeyId& key) {
  codec::CborWriter writer;
  writer.map(2).integer(label_algorithm).integer(es256).integer(label_kid).bytes(key);
  return std::move(writer).take();
}

Bytes message_of(const LightPass& pass) {
  codec::CborWriter writer;
  writer.tag(tag_sign1).array(4).bytes(protected_header(pass.key)).map(0);
  writer.bytes(payload_of(pass.claims)).bytes(pass.signature);
  return std::move(writer).take();
}

std::optional<Moment> moment_in(const std::optional<codec::CborItem>& item) {
  const auto value = item ? item->integer() : std::nullopt;
  if (!value || *value < 0) return std::nullopt;
  return moment_of(static_cast<std::uint64_t>(*value));
}

Checked<LightPassClaims> claims_in(const Cwt& cwt) {
  const auto root = cwt.claims();
  const auto begin = moment_in(root.find(claim_nbf));
  const auto end = moment_in(root.find(claim_exp));
  if (!begin) return not_a_pass("nbf");
  if (!end || *end - *begin != domain::pass_length) return not_a_pass("exp");
  const auto id = root.find(claim_cti);
  const auto id_bytes = id ? id->bytes() : std::nullopt;
  if (!id_bytes || id_bytes->size() != 16) return not_a_pass("cti");
  const auto holder = root.find(claim_holder);
  const auto name = holder && holder->is_array() && holder->size() == 2 ? holder->at(0)->text() : std::nullopt;
  const auto year = name ? holder->at(1)->integer() : std::nullopt;
  if (!year || *year < 0 || *year > latest_birth) return not_a_pass("holder");
  return LightPassClaims{.issuer = std::string{cwt.issuer()},
                         .name = std::string{*name},
                         .birth_year = static_cast<std::uint32_t>(*year),
                         .not_before = *begin,
                         .id = take<16>(*id_bytes)};
}

Checked<void> check_signer(const LightPass& pass, const TrustStore& trust, Moment at) {
  const auto signer = trust.pass_key(pass.claims.issuer, pass.key);
  if (signer == nullptr) return refuse(Step::signature, Reason::untrusted_signer);
  if (trust.is_stale(signer->list, at)) return refuse(Step::signature, Reason::stale_trust);
  if (trust.is_revoked(*signer)) return refuse(Step::signature, Reason::revoked, "the whole key");
  if (!signer->key.verifies(crypto::SignatureAlgorithm::es256, light_pass_signed_bytes(pass.claims, pass.key),
                            pass.signature)) {
    return refuse(Step::signature, Reason::signature);
  }
  return outcome::success();
}

// A key of a week speaks for the passes of that week: stolen later, it makes no others.
Checked<void> check_validity(const LightPass& pass, const TrustStore& trust, Moment at) {
  TRYV(check_window({.from = numeric_date(pass.claims.not_before), .until = numeric_date(pass.claims.expires())}, at));
  const auto signer = trust.pass_key(pass.claims.issuer, pass.key);
  const bool in_week = (!signer->not_before || *signer->not_before <= pass.claims.not_before) &&
                       (!signer->not_after || pass.claims.expires() <= *signer->not_after);
  if (!in_week) return refuse(Step::validity, Reason::signer_not_valid);
  return outcome::success();
}

Checked<void> run(Verdict& verdict, std::string_view text, const TrustStore& trust, Moment at) {
  const auto read = read_light_pass(text);
  for (const auto step : {Step::prefix, Step::base45, Step::cose, Step::cwt}) {
    if (!read && read.error().step == step) return outcome::failure(read.error());
    verdict.passed(step);
  }
  const auto& pass = read.value();
  verdict.issuer = pass.claims.issuer;
  verdict.expires = pass.claims.expires();
  TRYV(check_signer(pass, trust, at));
  verdict.passed(Step::signature);
  TRYV(check_validity(pass, trust, at));
  verdict.passed(Step::validity);
  verdict.content = "light-pass";
  verdict.holder = pass.claims.name;
  std::ranges::replace(verdict.holder, '<', ' ');
  verdict.subject_initials = initials_of_words(verdict.holder);
  verdict.birth_year = pass.claims.birth_year;
  return outcome::success();
}

}  // namespace

Bytes light_pass_signed_bytes(const LightPassClaims& claims, const PassKeyId& key) {
  codec::CborWriter writer;
  writer.array(4).text("Signature1").bytes(protected_header(key)).bytes({}).bytes(payload_of(claims));
  return std::move(writer).take();
}

std::string light_pass_text(const LightPass& pass) {
  return std::string{light_pass_prefix} + codec::base45(message_of(pass));
}

PassSignature lower_signature(const PassSignature& signature) noexcept {
  if (is_low(signature)) return signature;
  auto out = signature;
  int borrow = 0;
  for (std::size_t i = order.size(); i-- > 0;) {
    const int difference = order[i] - signature[32 + i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    out[32 + i] = static_cast<std::uint8_t>(difference + (borrow * 256));
  }
  return out;
}

Checked<void> check_claims(const LightPassClaims& claims) {
  const bool is_name = !claims.name.empty() && claims.name.size() <= longest_pass_name && claims.name.front() != '<' &&
                       claims.name.back() != '<' &&
                       std::ranges::all_of(claims.name, [](char c) { return (c >= 'A' && c <= 'Z') || c == '<'; });
  if (!is_name) return not_a_pass("name");
  const bool is_issuer = !claims.issuer.empty() && claims.issuer.size() <= longest_pass_issuer &&
                         std::ranges::all_of(claims.issuer, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!is_issuer) return not_a_pass("iss");
  if (claims.birth_year > latest_birth) return not_a_pass("holder");
  const std::chrono::seconds grain{domain::pass_start_grain};
  if (unix_seconds(claims.not_before) % static_cast<std::uint64_t>(grain.count()) != 0) return not_a_pass("nbf");
  return outcome::success();
}

Checked<LightPass> read_light_pass(std::string_view text) {
  if (!text.starts_with(light_pass_prefix)) return refuse(Step::prefix, Reason::prefix);
  const auto bytes = codec::from_base45(text.substr(light_pass_prefix.size()));
  if (!bytes) return refuse(Step::base45, Reason::base45, bytes.error().detail);
  TRY(message, CoseSign1::read(bytes.value()));
  if (message.algorithm() != crypto::SignatureAlgorithm::es256) return refuse(Step::cose, Reason::cose_algorithm);
  const auto& kid = message.kid();
  if (!kid || kid->size() != PassKeyId{}.size()) return refuse(Step::cose, Reason::no_kid);
  if (message.signature().size() != PassSignature{}.size()) return refuse(Step::cose, Reason::cose, "signature");
  LightPass pass{.claims = {}, .key = take<8>(*kid), .signature = take<64>(message.signature())};
  if (!is_low(pass.signature)) return refuse(Step::cose, Reason::cose, "the other spelling of the signature");
  TRY(cwt, Cwt::read(message.payload(), Step::cwt));
  TRY(claims, claims_in(cwt));
  TRYV(check_claims(claims));
  pass.claims = std::move(claims);
  if (message_of(pass) != bytes.value()) return not_a_pass("another spelling, or more than a pass says");
  return pass;
}

Verdict verify_light_pass(std::string_view text, const TrustStore& trust, Moment at) {
  Verdict verdict;
  verdict.format = Format::light_pass;
  const auto done = run(verdict, text, trust, at);
  if (done) {
    verdict.outcome = Outcome::valid;
  } else {
    verdict.refused(done.error());
  }
  return verdict;
}

}  // namespace lindung::cert
